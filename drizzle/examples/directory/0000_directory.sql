CREATE SCHEMA "directory";
--> statement-breakpoint
CREATE TABLE "directory"."posts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"user_id" uuid NOT NULL,
	"title" text NOT NULL,
	"content" text NOT NULL,
	"published" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "posts_title_length" CHECK (char_length(title) between 1 and 200),
	CONSTRAINT "posts_content_length" CHECK (char_length(content) <= 10000)
);
--> statement-breakpoint
ALTER TABLE "directory"."posts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "directory"."users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"age" integer,
	"deleted_at" timestamp with time zone,
	"created_by" text NOT NULL,
	"idempotency_key" text,
	"words" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', name || ' ' || email || ' ' || translate(email, '@._+-', '     '))) STORED,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_of_tenant" UNIQUE("tenant_id","id"),
	CONSTRAINT "users_idempotency" UNIQUE("tenant_id","created_by","idempotency_key"),
	CONSTRAINT "users_name_length" CHECK (char_length(name) between 1 and 100),
	CONSTRAINT "users_email_length" CHECK (char_length(email) between 3 and 254),
	CONSTRAINT "users_age" CHECK (age between 0 and 150)
);
--> statement-breakpoint
ALTER TABLE "directory"."users" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "directory"."posts" ADD CONSTRAINT "posts_author" FOREIGN KEY ("tenant_id","user_id") REFERENCES "directory"."users"("tenant_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "posts_of_user" ON "directory"."posts" USING btree ("tenant_id","user_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "directory"."users" USING btree ("tenant_id",lower(email)) WHERE deleted_at is null;--> statement-breakpoint
CREATE POLICY "posts_tenant" ON "directory"."posts" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select rowgate.tenant_id())) WITH CHECK (tenant_id = (select rowgate.tenant_id()));--> statement-breakpoint
CREATE POLICY "users_tenant" ON "directory"."users" AS PERMISSIVE FOR ALL TO public USING (tenant_id = (select rowgate.tenant_id())) WITH CHECK (tenant_id = (select rowgate.tenant_id()));--> statement-breakpoint
CREATE POLICY "users_present" ON "directory"."users" AS RESTRICTIVE FOR SELECT TO public USING (deleted_at is null or (select rowgate.may_write()));
--> statement-breakpoint
comment on policy users_present on directory.users is 'You see no user who was deleted';
--> statement-breakpoint
ALTER TABLE "directory"."users" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "directory"."posts" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
select rowgate.protect(relation, 'select, insert, update, delete'), rowgate.hide_values(relation)
from unnest(array['directory.users', 'directory.posts']::regclass[]) as relation;
