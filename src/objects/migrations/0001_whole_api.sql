CREATE TABLE `library_media_types` (
	`id` text PRIMARY KEY NOT NULL,
	`library` text NOT NULL,
	`media_type` text NOT NULL,
	FOREIGN KEY (`library`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`media_type`) REFERENCES `media_types`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `library_media_types_once` ON `library_media_types` (`library`,`media_type`);--> statement-breakpoint
CREATE TABLE `ui_destinations` (
	`id` text PRIMARY KEY NOT NULL,
	`object` text NOT NULL,
	`type` integer NOT NULL,
	`destination` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ui_destinations_name` ON `ui_destinations` (`object`,`type`,`destination`);--> statement-breakpoint
CREATE TABLE `object_attributes` (
	`id` text PRIMARY KEY NOT NULL,
	`object` text NOT NULL,
	`name` text NOT NULL,
	`data` blob NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `object_attributes_name` ON `object_attributes` (`object`,`name`);--> statement-breakpoint
CREATE TABLE `object_security` (
	`id` text PRIMARY KEY NOT NULL,
	`owner` text DEFAULT '' NOT NULL,
	`owner_group` text,
	`own_list` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE `computers` ADD `free_labels_at_once` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `libraries` ADD `rig_name` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `op_requests` ADD `for_pending_call` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `physical_media` ADD `cleaner_spent` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `sides` ADD `owed_free_label` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `sides` ADD `former_label_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `sides_label` ON `sides` (`omid_label_id`);