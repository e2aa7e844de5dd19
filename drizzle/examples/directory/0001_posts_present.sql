CREATE POLICY "posts_present" ON "directory"."posts" AS RESTRICTIVE FOR SELECT TO public USING ((select rowgate.may_write()) or exists (select from directory.users u where u.tenant_id = posts.tenant_id and u.id = posts.user_id));
--> statement-breakpoint
comment on policy posts_present on directory.posts is 'You see no post of a user who was deleted';
