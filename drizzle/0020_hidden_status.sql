-- Of an order's status the planner had learnt how often each of the four words occurs, and so told how the orders of other
-- stores stand. What it has learnt already goes when the type is set anew; the type stays, so no row is written.
select rowgate.hide_values('retail.orders');
--> statement-breakpoint
alter table retail.orders alter column status type text;
