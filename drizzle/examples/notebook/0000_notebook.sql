CREATE TABLE `notebook` (
	`row` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`title` text NOT NULL,
	`details` text,
	`status` text NOT NULL,
	`priority` integer NOT NULL,
	`idempotency_key` text,
	`created_at` text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')) NOT NULL,
	`updated_at` text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')) NOT NULL,
	CONSTRAINT "notebook_title_length" CHECK(length(title) between 1 and 200),
	CONSTRAINT "notebook_details_length" CHECK(length(details) <= 4000),
	CONSTRAINT "notebook_status" CHECK(status in ('pending', 'in_progress', 'completed')),
	CONSTRAINT "notebook_priority" CHECK(priority between 1 and 5)
);
--> statement-breakpoint
CREATE INDEX `notebook_order` ON `notebook` (`tenant_id`,`user_id`,`priority`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `notebook_id` ON `notebook` (`tenant_id`,`user_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `notebook_idempotency` ON `notebook` (`tenant_id`,`user_id`,`idempotency_key`);
--> statement-breakpoint
-- The full-text index over the notebook. It keeps none of the text itself, and triggers keep it in step.
CREATE VIRTUAL TABLE `notebook_search` USING fts5(
	title, details, content = 'notebook', content_rowid = 'row', tokenize = 'unicode61 remove_diacritics 2'
);
--> statement-breakpoint
CREATE TRIGGER `notebook_search_insert` AFTER INSERT ON `notebook` BEGIN
	INSERT INTO notebook_search (rowid, title, details) VALUES (new.row, new.title, new.details);
END;
--> statement-breakpoint
CREATE TRIGGER `notebook_search_delete` AFTER DELETE ON `notebook` BEGIN
	INSERT INTO notebook_search (notebook_search, rowid, title, details)
		VALUES ('delete', old.row, old.title, old.details);
END;
--> statement-breakpoint
CREATE TRIGGER `notebook_search_update` AFTER UPDATE OF title, details ON `notebook` BEGIN
	INSERT INTO notebook_search (notebook_search, rowid, title, details)
		VALUES ('delete', old.row, old.title, old.details);
	INSERT INTO notebook_search (rowid, title, details) VALUES (new.row, new.title, new.details);
END;
