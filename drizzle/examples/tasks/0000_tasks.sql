CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"title" text NOT NULL,
	"description" text,
	"completed" boolean DEFAULT false NOT NULL,
	"idempotency_key" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tasks_idempotency" UNIQUE("user_id","idempotency_key"),
	CONSTRAINT "tasks_title_length" CHECK (char_length(title) between 1 and 200),
	CONSTRAINT "tasks_description_length" CHECK (char_length(description) <= 1000)
);
--> statement-breakpoint
ALTER TABLE "tasks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "tasks_newest" ON "tasks" USING btree ("user_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE POLICY "tasks_owner" ON "tasks" AS PERMISSIVE FOR ALL TO public USING (user_id = (select rowgate.user_id())) WITH CHECK (user_id = (select rowgate.user_id()));
--> statement-breakpoint
ALTER TABLE "tasks" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
select rowgate.protect('public.tasks', 'select, insert, update, delete');
--> statement-breakpoint
select rowgate.hide_values('public.tasks');
