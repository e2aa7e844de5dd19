-- The restricted login compares vectors and writes none. Where there is no pgvector, there is no table.
select rowgate.protect(relation, 'select')
from pg_catalog.to_regclass('retail.product_description_embeddings') as relation
where relation is not null;
