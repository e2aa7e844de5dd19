-- Record shop: the shape of the Chinook sample database, with rows of our own. Nothing in it belongs to a tenant: the
-- catalogue is everybody's, and a customer belongs to the employee who looks after them.

create table artist (artist_id int primary key, name varchar(120));
create table album (album_id int primary key, title varchar(160) not null, artist_id int not null references artist);
create table genre (genre_id int primary key, name varchar(120));
create table media_type (media_type_id int primary key, name varchar(120));
create table track (
  track_id int primary key, name varchar(200) not null, album_id int references album, media_type_id int not null references media_type,
  genre_id int references genre, composer varchar(220), milliseconds int not null, bytes int, unit_price numeric(10, 2) not null
);
create table playlist (playlist_id int primary key, name varchar(120));
create table playlist_track (
  playlist_id int not null references playlist, track_id int not null references track, primary key (playlist_id, track_id)
);
create table employee (
  employee_id int primary key, last_name varchar(20) not null, first_name varchar(20) not null, title varchar(30),
  reports_to int references employee, birth_date timestamp, hire_date timestamp, address varchar(70), city varchar(40),
  country varchar(40), phone varchar(24), email varchar(60)
);
create table customer (
  customer_id int primary key, first_name varchar(40) not null, last_name varchar(20) not null, company varchar(80),
  address varchar(70), city varchar(40), country varchar(40), phone varchar(24), email varchar(60) not null,
  support_rep_id int references employee
);
create table invoice (
  invoice_id int primary key, customer_id int not null references customer, invoice_date timestamp not null,
  billing_address varchar(70), billing_city varchar(40), billing_country varchar(40), total numeric(10, 2) not null
);
create table invoice_line (
  invoice_line_id int primary key, invoice_id int not null references invoice, track_id int not null references track,
  unit_price numeric(10, 2) not null, quantity int not null
);

insert into artist select n, 'Band ' || n from generate_series(1, 20) n;
insert into album select n, 'Record ' || n, 1 + n % 20 from generate_series(1, 40) n;
insert into genre values (1, 'Rock'), (2, 'Jazz'), (3, 'Metal');
insert into media_type values (1, 'MPEG audio file'), (2, 'AAC audio file');
insert into track select n, 'Song ' || n, 1 + n % 40, 1 + n % 2, 1 + n % 3, null, 180000 + n, 4000000, 0.99 from generate_series(1, 400) n;
insert into playlist values (1, 'Music'), (2, 'Quiet');
insert into playlist_track select 1 + n % 2, n from generate_series(1, 400) n;
insert into employee values
  (1, 'Adams', 'Alice', 'General Manager', null, '1962-02-18', '2002-08-14', '1 Jasper Ave', 'Edmonton', 'Canada', '+1 555 0101', 'alice@shop.example'),
  (2, 'Brown', 'Bob', 'Sales Support Agent', 1, '1973-08-29', '2002-04-01', '2 Jasper Ave', 'Calgary', 'Canada', '+1 555 0102', 'bob@shop.example'),
  (3, 'Clark', 'Carol', 'Sales Support Agent', 1, '1947-09-19', '2003-05-03', '3 Jasper Ave', 'Calgary', 'Canada', '+1 555 0103', 'carol@shop.example');
insert into customer select n, 'First ' || n, 'Last ' || n, null, n || ' Main Street', 'Town ' || n % 5, 'Canada',
  '+1 555 1' || (100 + n), 'customer' || n || '@mail.example', 2 + n % 2 from generate_series(1, 59) n;
insert into invoice select n, 1 + n % 59, timestamp '2026-01-01' + n * interval '1 day', '1 Main Street', 'Town', 'Canada', 1.98
  from generate_series(1, 200) n;
insert into invoice_line select n, 1 + n % 200, n, 0.99, 1 from generate_series(1, 400) n;
