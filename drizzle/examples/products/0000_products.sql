CREATE TABLE `products` (
	`id` varchar(36) character set ascii collate ascii_bin NOT NULL,
	`tenant_id` varbinary(1020) NOT NULL,
	`created_by` varbinary(1020) NOT NULL,
	`name` varchar(200) character set utf8mb4 collate utf8mb4_unicode_520_ci NOT NULL,
	`description` varchar(1000) character set utf8mb4 collate utf8mb4_unicode_520_ci,
	`category` varchar(100) character set utf8mb4 collate utf8mb4_unicode_520_ci NOT NULL,
	`price` decimal(12,2) NOT NULL,
	`stock` int NOT NULL,
	`idempotency_key` varbinary(512),
	`created_at` datetime(3) NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `products_id` PRIMARY KEY(`id`),
	CONSTRAINT `products_idempotency` UNIQUE(`tenant_id`,`created_by`,`idempotency_key`),
	CONSTRAINT `products_price_range` CHECK(price >= 0),
	CONSTRAINT `products_stock_range` CHECK(stock between 0 and 1000000000)
);
--> statement-breakpoint
CREATE INDEX `products_newest` ON `products` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `products_category` ON `products` (`tenant_id`,`category`,`id`);--> statement-breakpoint
CREATE INDEX `products_price` ON `products` (`tenant_id`,`price`,`id`);--> statement-breakpoint
CREATE INDEX `products_name` ON `products` (`tenant_id`,`name`,`id`);