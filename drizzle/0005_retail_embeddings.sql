-- Apart from the rest of the shop and all or nothing: a server without pgvector has the shop without semantic search.
-- Where pgvector comes later, the owner runs this file and the next one by hand.
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
end
$$;
