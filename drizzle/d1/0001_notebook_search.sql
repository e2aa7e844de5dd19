-- The full-text index over the notebook's words. It keeps none of the text itself, and triggers keep it in step.
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
