-- The tasks table is the restricted login's to use, row by row.
select rowgate.protect('public.tasks', 'select, insert, update, delete');
