-- The directory is the restricted login's to use, tenant by tenant.
grant usage on schema directory to rowgate_app;
--> statement-breakpoint
select rowgate.protect('directory.users', 'select, insert, update, delete');
--> statement-breakpoint
select rowgate.protect('directory.posts', 'select, insert, update, delete');
