CREATE SCHEMA "retail";
--> statement-breakpoint
CREATE TABLE "retail"."categories" (
	"category_id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "categories_name" UNIQUE("name")
);
--> statement-breakpoint
ALTER TABLE "retail"."categories" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "retail"."customers" (
	"customer_id" uuid PRIMARY KEY NOT NULL,
	"store_id" uuid NOT NULL,
	"first_name" text NOT NULL,
	"last_name" text NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "customers_email" UNIQUE("store_id","email")
);
--> statement-breakpoint
ALTER TABLE "retail"."customers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "retail"."inventory" (
	"store_id" uuid NOT NULL,
	"product_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	"reorder_level" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inventory_pkey" PRIMARY KEY("store_id","product_id"),
	CONSTRAINT "inventory_quantity" CHECK (quantity >= 0 and reorder_level >= 0)
);
--> statement-breakpoint
ALTER TABLE "retail"."inventory" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "retail"."order_items" (
	"order_item_id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"store_id" uuid NOT NULL,
	"product_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price" numeric(12, 2) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "order_items_quantity" CHECK (quantity > 0),
	CONSTRAINT "order_items_unit_price" CHECK (unit_price >= 0)
);
--> statement-breakpoint
ALTER TABLE "retail"."order_items" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "retail"."orders" (
	"order_id" uuid PRIMARY KEY NOT NULL,
	"store_id" uuid NOT NULL,
	"customer_id" uuid NOT NULL,
	"order_date" timestamp with time zone NOT NULL,
	"status" text NOT NULL,
	"total_amount" numeric(12, 2) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "orders_of_store" UNIQUE("order_id","store_id"),
	CONSTRAINT "orders_status" CHECK (status in ('pending', 'completed', 'cancelled', 'returned')),
	CONSTRAINT "orders_total" CHECK (total_amount >= 0)
);
--> statement-breakpoint
ALTER TABLE "retail"."orders" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "retail"."product_types" (
	"type_id" uuid PRIMARY KEY NOT NULL,
	"category_id" uuid NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "product_types_name" UNIQUE("category_id","name")
);
--> statement-breakpoint
ALTER TABLE "retail"."product_types" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "retail"."products" (
	"product_id" uuid PRIMARY KEY NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"category_id" uuid NOT NULL,
	"type_id" uuid NOT NULL,
	"price" numeric(12, 2) NOT NULL,
	"cost" numeric(12, 2) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "products_sku" UNIQUE("sku"),
	CONSTRAINT "products_price" CHECK (price >= 0 and cost >= 0)
);
--> statement-breakpoint
ALTER TABLE "retail"."products" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "retail"."store_assignments" (
	"user_id" text NOT NULL,
	"store_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "store_assignments_pkey" PRIMARY KEY("user_id","store_id"),
	CONSTRAINT "store_assignments_role" CHECK (role in ('store_manager', 'regional_manager'))
);
--> statement-breakpoint
ALTER TABLE "retail"."store_assignments" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "retail"."stores" (
	"store_id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"location" text NOT NULL,
	"kind" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stores_kind" CHECK (kind in ('shop', 'online'))
);
--> statement-breakpoint
ALTER TABLE "retail"."stores" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "retail"."customers" ADD CONSTRAINT "customers_store_id_stores_store_id_fk" FOREIGN KEY ("store_id") REFERENCES "retail"."stores"("store_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."inventory" ADD CONSTRAINT "inventory_store_id_stores_store_id_fk" FOREIGN KEY ("store_id") REFERENCES "retail"."stores"("store_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."inventory" ADD CONSTRAINT "inventory_product_id_products_product_id_fk" FOREIGN KEY ("product_id") REFERENCES "retail"."products"("product_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."order_items" ADD CONSTRAINT "order_items_product_id_products_product_id_fk" FOREIGN KEY ("product_id") REFERENCES "retail"."products"("product_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."order_items" ADD CONSTRAINT "order_items_order" FOREIGN KEY ("order_id","store_id") REFERENCES "retail"."orders"("order_id","store_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."orders" ADD CONSTRAINT "orders_store_id_stores_store_id_fk" FOREIGN KEY ("store_id") REFERENCES "retail"."stores"("store_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."orders" ADD CONSTRAINT "orders_customer_id_customers_customer_id_fk" FOREIGN KEY ("customer_id") REFERENCES "retail"."customers"("customer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."product_types" ADD CONSTRAINT "product_types_category_id_categories_category_id_fk" FOREIGN KEY ("category_id") REFERENCES "retail"."categories"("category_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."products" ADD CONSTRAINT "products_category_id_categories_category_id_fk" FOREIGN KEY ("category_id") REFERENCES "retail"."categories"("category_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."products" ADD CONSTRAINT "products_type_id_product_types_type_id_fk" FOREIGN KEY ("type_id") REFERENCES "retail"."product_types"("type_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "retail"."store_assignments" ADD CONSTRAINT "store_assignments_store_id_stores_store_id_fk" FOREIGN KEY ("store_id") REFERENCES "retail"."stores"("store_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "order_items_of_order" ON "retail"."order_items" USING btree ("order_id","store_id");--> statement-breakpoint
CREATE INDEX "order_items_product" ON "retail"."order_items" USING btree ("store_id","product_id");--> statement-breakpoint
CREATE INDEX "orders_store_date" ON "retail"."orders" USING btree ("store_id","order_date");--> statement-breakpoint
CREATE INDEX "orders_customer" ON "retail"."orders" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "products_type" ON "retail"."products" USING btree ("type_id");--> statement-breakpoint
CREATE INDEX "products_category" ON "retail"."products" USING btree ("category_id");--> statement-breakpoint
CREATE UNIQUE INDEX "stores_name" ON "retail"."stores" USING btree ((name || ''));--> statement-breakpoint
CREATE POLICY "categories_verified" ON "retail"."categories" AS PERMISSIVE FOR ALL TO public USING ((select rowgate.user_id()) is not null) WITH CHECK (false);--> statement-breakpoint
CREATE POLICY "customers_assigned" ON "retail"."customers" AS PERMISSIVE FOR ALL TO public USING (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id())))) WITH CHECK (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id()))));--> statement-breakpoint
CREATE POLICY "inventory_assigned" ON "retail"."inventory" AS PERMISSIVE FOR ALL TO public USING (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id())))) WITH CHECK (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id()))));--> statement-breakpoint
CREATE POLICY "order_items_assigned" ON "retail"."order_items" AS PERMISSIVE FOR ALL TO public USING (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id())))) WITH CHECK (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id()))));--> statement-breakpoint
CREATE POLICY "orders_assigned" ON "retail"."orders" AS PERMISSIVE FOR ALL TO public USING (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id())))) WITH CHECK (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id()))));--> statement-breakpoint
CREATE POLICY "product_types_verified" ON "retail"."product_types" AS PERMISSIVE FOR ALL TO public USING ((select rowgate.user_id()) is not null) WITH CHECK (false);--> statement-breakpoint
CREATE POLICY "products_verified" ON "retail"."products" AS PERMISSIVE FOR ALL TO public USING ((select rowgate.user_id()) is not null) WITH CHECK (false);--> statement-breakpoint
CREATE POLICY "store_assignments_own" ON "retail"."store_assignments" AS PERMISSIVE FOR ALL TO public USING (user_id = (select rowgate.user_id())) WITH CHECK (false);--> statement-breakpoint
CREATE POLICY "stores_assigned" ON "retail"."stores" AS PERMISSIVE FOR ALL TO public USING (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id())))) WITH CHECK (store_id = any (array(select a.store_id from retail.store_assignments a where a.user_id = (select rowgate.user_id()))));
--> statement-breakpoint
-- The restricted login reads the shop and writes nothing in it.
ALTER TABLE "retail"."categories" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "retail"."customers" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "retail"."inventory" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "retail"."order_items" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "retail"."orders" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "retail"."product_types" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "retail"."products" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "retail"."store_assignments" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "retail"."stores" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
select rowgate.protect(relation, 'select')
from unnest(array[
  'retail.stores', 'retail.store_assignments', 'retail.categories', 'retail.product_types', 'retail.products',
  'retail.customers', 'retail.orders', 'retail.order_items', 'retail.inventory'
]::regclass[]) as relation;
--> statement-breakpoint
select rowgate.hide_values(relation)
from unnest(array['retail.stores', 'retail.customers', 'retail.store_assignments', 'retail.orders']::regclass[]) as relation;
--> statement-breakpoint
-- A server without pgvector has the shop without semantic search. Where pgvector comes later, the owner runs this block by hand.
do $$
begin
  if not exists (select from pg_catalog.pg_available_extensions where name = 'vector') then
    raise notice 'pgvector is not installed: semantic search is left out';
    return;
  end if;
  CREATE EXTENSION IF NOT EXISTS vector;
  CREATE TABLE "retail"."product_description_embeddings" (
    "product_id" uuid NOT NULL,
    "model" text NOT NULL,
    "description_embedding" vector(1536) NOT NULL,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "product_description_embeddings_pkey" PRIMARY KEY("product_id","model")
  );
  ALTER TABLE "retail"."product_description_embeddings" ENABLE ROW LEVEL SECURITY;
  ALTER TABLE "retail"."product_description_embeddings" ADD CONSTRAINT "product_description_embeddings_product_id_products_product_id_fk" FOREIGN KEY ("product_id") REFERENCES "retail"."products"("product_id") ON DELETE cascade ON UPDATE no action;
  CREATE INDEX "product_description_embeddings_cosine" ON "retail"."product_description_embeddings" USING hnsw ("description_embedding" vector_cosine_ops);
  CREATE POLICY "product_description_embeddings_verified" ON "retail"."product_description_embeddings" AS PERMISSIVE FOR ALL TO public USING ((select rowgate.user_id()) is not null) WITH CHECK (false);
  ALTER TABLE "retail"."product_description_embeddings" FORCE ROW LEVEL SECURITY;
  perform rowgate.protect('retail.product_description_embeddings', 'select');
end
$$;
