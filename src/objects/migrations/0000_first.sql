CREATE TABLE `access_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`object` text NOT NULL,
	`trustee` text NOT NULL,
	`mask` integer NOT NULL,
	`deny` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE INDEX `access_entries_object` ON `access_entries` (`object`);--> statement-breakpoint
CREATE TABLE `changer_types` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`vendor` text NOT NULL,
	`product` text NOT NULL,
	`device_type` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `changers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`device_name` text DEFAULT '' NOT NULL,
	`serial_number` text DEFAULT '' NOT NULL,
	`revision` text DEFAULT '' NOT NULL,
	`scsi_port` integer DEFAULT 0 NOT NULL,
	`scsi_bus` integer DEFAULT 0 NOT NULL,
	`scsi_target` integer DEFAULT 0 NOT NULL,
	`scsi_lun` integer DEFAULT 0 NOT NULL,
	`element_address` integer NOT NULL,
	`number` integer NOT NULL,
	`library` text NOT NULL,
	`changer_type` text,
	FOREIGN KEY (`library`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`changer_type`) REFERENCES `changer_types`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `computers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`lib_request_purge_time` integer DEFAULT 259200 NOT NULL,
	`op_request_purge_time` integer DEFAULT 259200 NOT NULL,
	`lib_request_flags` integer DEFAULT 0 NOT NULL,
	`op_request_flags` integer DEFAULT 0 NOT NULL,
	`media_pool_policy` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `doors` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`number` integer NOT NULL,
	`library` text NOT NULL,
	`state` integer DEFAULT 0 NOT NULL,
	`max_open_secs` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`library`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `drive_types` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`vendor` text NOT NULL,
	`product` text NOT NULL,
	`number_of_heads` integer DEFAULT 1 NOT NULL,
	`device_type` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `drives` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`device_name` text DEFAULT '' NOT NULL,
	`serial_number` text DEFAULT '' NOT NULL,
	`revision` text DEFAULT '' NOT NULL,
	`scsi_port` integer DEFAULT 0 NOT NULL,
	`scsi_bus` integer DEFAULT 0 NOT NULL,
	`scsi_target` integer DEFAULT 0 NOT NULL,
	`scsi_lun` integer DEFAULT 0 NOT NULL,
	`element_address` integer NOT NULL,
	`number` integer NOT NULL,
	`library` text NOT NULL,
	`state` integer DEFAULT 0 NOT NULL,
	`drive_type` text,
	`mount_count` integer DEFAULT 0 NOT NULL,
	`last_cleaned` integer,
	`saved_partition_id` text,
	`defer_dismount_delay` integer DEFAULT 300 NOT NULL,
	`dismountable_since` integer,
	FOREIGN KEY (`library`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`drive_type`) REFERENCES `drive_types`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `drives_element` ON `drives` (`library`,`element_address`);--> statement-breakpoint
CREATE TABLE `lib_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`operation_code` integer NOT NULL,
	`operation_option` integer DEFAULT 0 NOT NULL,
	`state` integer DEFAULT 0 NOT NULL,
	`library` text NOT NULL,
	`partition_id` text,
	`drive_id` text,
	`phys_media_id` text,
	`slot_id` text,
	`time_queued` integer NOT NULL,
	`time_completed` integer,
	`application` text DEFAULT '' NOT NULL,
	`user` text DEFAULT '' NOT NULL,
	`computer` text DEFAULT '' NOT NULL,
	`error_code` integer DEFAULT 0 NOT NULL,
	`error_detail` text DEFAULT '' NOT NULL,
	`work_item_id` text,
	`priority` integer DEFAULT 0 NOT NULL,
	`order` integer DEFAULT 0 NOT NULL,
	`mount_group` text,
	FOREIGN KEY (`library`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `lib_requests_state` ON `lib_requests` (`state`);--> statement-breakpoint
CREATE INDEX `lib_requests_library` ON `lib_requests` (`library`);--> statement-breakpoint
CREATE TABLE `libraries` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`library_type` integer NOT NULL,
	`cleaner_slot` text,
	`library_supports_drive_cleaning` integer DEFAULT false NOT NULL,
	`bar_code_reader_installed` integer DEFAULT false NOT NULL,
	`inventory_method` integer DEFAULT 1 NOT NULL,
	`cleaner_uses_remaining` integer DEFAULT 0 NOT NULL,
	`auto_recovery` integer DEFAULT true NOT NULL,
	`flags` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `libraries_name` ON `libraries` (`name`);--> statement-breakpoint
CREATE TABLE `logical_media` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`media_pool` text NOT NULL,
	FOREIGN KEY (`media_pool`) REFERENCES `media_pools`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `media_pools` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`pool_type` integer NOT NULL,
	`media_type` text,
	`parent` text,
	`allocation_policy` integer DEFAULT 0 NOT NULL,
	`deallocation_policy` integer DEFAULT 0 NOT NULL,
	`max_allocates` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`media_type`) REFERENCES `media_types`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `media_pools_parent` ON `media_pools` (`parent`);--> statement-breakpoint
CREATE TABLE `media_types` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`media_type` integer DEFAULT 0 NOT NULL,
	`number_of_sides` integer DEFAULT 1 NOT NULL,
	`read_write_characteristics` integer DEFAULT 1 NOT NULL,
	`device_type` integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `move_journal` (
	`id` text PRIMARY KEY NOT NULL,
	`library` text NOT NULL,
	`lib_request` text,
	`phys_media_id` text NOT NULL,
	`medium_transport_address` integer NOT NULL,
	`source` integer NOT NULL,
	`destination` integer NOT NULL,
	`outcome` text NOT NULL,
	`intended_at` integer NOT NULL,
	`concluded_at` integer,
	`detail` text DEFAULT '' NOT NULL,
	FOREIGN KEY (`library`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `move_journal_open` ON `move_journal` (`outcome`);--> statement-breakpoint
CREATE TABLE `op_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`request` integer NOT NULL,
	`submitted` integer NOT NULL,
	`completed` integer,
	`state` integer DEFAULT 1 NOT NULL,
	`message` text DEFAULT '' NOT NULL,
	`arg1_type` integer DEFAULT 0 NOT NULL,
	`arg1` text,
	`arg2_type` integer DEFAULT 0 NOT NULL,
	`arg2` text,
	`application` text DEFAULT '' NOT NULL,
	`user` text DEFAULT '' NOT NULL,
	`computer` text DEFAULT '' NOT NULL,
	`lib_request` text
);
--> statement-breakpoint
CREATE TABLE `physical_media` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`current_library` text NOT NULL,
	`media_pool` text NOT NULL,
	`media_type` text,
	`location_type` integer NOT NULL,
	`location` text,
	`home_slot` text,
	`bar_code` text DEFAULT '' NOT NULL,
	`bar_code_state` integer DEFAULT 2 NOT NULL,
	`sequence_number` text DEFAULT '' NOT NULL,
	`media_state` integer DEFAULT 0 NOT NULL,
	`number_of_partitions` integer DEFAULT 1 NOT NULL,
	`media_type_code` integer DEFAULT 0 NOT NULL,
	`density_code` integer DEFAULT 0 NOT NULL,
	`mounted_partition` text,
	`claimed_by` text,
	`cleaner` integer DEFAULT false NOT NULL,
	FOREIGN KEY (`current_library`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`media_pool`) REFERENCES `media_pools`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`media_type`) REFERENCES `media_types`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `physical_media_location` ON `physical_media` (`location`);--> statement-breakpoint
CREATE INDEX `physical_media_library` ON `physical_media` (`current_library`);--> statement-breakpoint
CREATE INDEX `physical_media_bar_code` ON `physical_media` (`bar_code`);--> statement-breakpoint
CREATE TABLE `ports` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`element_address` integer NOT NULL,
	`number` integer NOT NULL,
	`library` text NOT NULL,
	`content` integer DEFAULT 0 NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`max_extend_secs` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`library`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ports_element` ON `ports` (`library`,`element_address`);--> statement-breakpoint
CREATE TABLE `sides` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`physical_media` text NOT NULL,
	`logical_media` text,
	`state` integer DEFAULT 0 NOT NULL,
	`side` integer DEFAULT 0 NOT NULL,
	`omid_label_id` text DEFAULT '' NOT NULL,
	`omid_label_type` text DEFAULT '' NOT NULL,
	`omid_label_info` text DEFAULT '' NOT NULL,
	`mount_count` integer DEFAULT 0 NOT NULL,
	`allocate_count` integer DEFAULT 0 NOT NULL,
	`capacity` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`physical_media`) REFERENCES `physical_media`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`logical_media`) REFERENCES `logical_media`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sides_of_medium` ON `sides` (`physical_media`,`side`);--> statement-breakpoint
CREATE TABLE `slots` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`operational_state` integer DEFAULT 0 NOT NULL,
	`created` integer NOT NULL,
	`modified` integer NOT NULL,
	`element_address` integer NOT NULL,
	`number` integer NOT NULL,
	`library` text NOT NULL,
	`state` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`library`) REFERENCES `libraries`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `slots_element` ON `slots` (`library`,`element_address`);