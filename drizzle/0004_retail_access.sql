-- The restricted login reads the shop and writes nothing in it.
grant usage on schema retail to rowgate_app;
--> statement-breakpoint
select rowgate.protect(relation, 'select')
from unnest(array[
  'retail.stores', 'retail.store_assignments', 'retail.categories', 'retail.product_types', 'retail.products',
  'retail.customers', 'retail.orders', 'retail.order_items', 'retail.inventory'
]::regclass[]) as relation;
