-- The roles of Fieldwork belong to the server. A superuser makes them, once.

create role fw_owner login createrole password 'only for tests';
create role fw_app login password 'only for tests';
create role fw_report login password 'only for tests';
create role fw_audit;
grant fw_audit to fw_owner;
