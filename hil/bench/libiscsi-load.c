/*
 * How many commands a second an iSCSI target answers, with nothing of this project on the initiator's side.
 *
 *   cc -O2 -o libiscsi-load libiscsi-load.c -liscsi
 *   libiscsi-load URL LUN IN_FLIGHT MILLISECONDS [tur|elements]
 *
 * URL is iscsi://[user%secret@]host:port/target-name/lun; LUN stands for the one in it. `tur` (default) sends TEST UNIT
 * READY, `elements` READ ELEMENT STATUS of the storage elements with volume tags: asked for all types, tgtd 1.0.85 may
 * crash. Prints commands per second, and on standard error how many failed. Exit status 0: all were answered GOOD;
 * 1: some were not; 2: no session, or wrong arguments.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>

#define ELEMENT_STATUS_BYTES 32768

static struct iscsi_context *iscsi;
static int lun;
static int elements;
static int sending;
static int in_flight;
static uint64_t answered;
static uint64_t failed;

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void send_one(void);

static void on_answer(struct iscsi_context *context, int status, void *command_data, void *private_data)
{
	(void)context;
	(void)private_data;
	in_flight--;
	answered++;
	if (status != SCSI_STATUS_GOOD)
		failed++;
	if (command_data != NULL)
		scsi_free_scsi_task(command_data);
	if (sending)
		send_one();
}

static void send_one(void)
{
	static const unsigned char element_status[12] = {
		0xb8, 0x12, 0, 0, 0xff, 0xff, 0,
		ELEMENT_STATUS_BYTES >> 16, (ELEMENT_STATUS_BYTES >> 8) & 0xff, ELEMENT_STATUS_BYTES & 0xff, 0, 0,
	};
	static const unsigned char test_unit_ready[6] = { 0 };
	struct scsi_task *task;

	if (elements)
		task = scsi_create_task(sizeof element_status, (unsigned char *)element_status, SCSI_XFER_READ,
					ELEMENT_STATUS_BYTES);
	else
		task = scsi_create_task(sizeof test_unit_ready, (unsigned char *)test_unit_ready, SCSI_XFER_NONE, 0);
	if (task == NULL || iscsi_scsi_command_async(iscsi, lun, task, on_answer, NULL, NULL) != 0) {
		fprintf(stderr, "cannot send: %s\n", iscsi_get_error(iscsi));
		exit(2);
	}
	in_flight++;
}

/* Serves the connection until the time is over, then until nothing is in flight. */
static void serve(uint64_t until_us)
{
	while (sending || in_flight > 0) {
		struct pollfd fd = { .fd = iscsi_get_fd(iscsi), .events = (short)iscsi_which_events(iscsi) };

		if (poll(&fd, 1, 1000) < 0 || iscsi_service(iscsi, fd.revents) != 0) {
			fprintf(stderr, "the session was lost: %s\n", iscsi_get_error(iscsi));
			exit(2);
		}
		if (sending && now_us() >= until_us)
			sending = 0;
	}
}

int main(int argc, char **argv)
{
	struct iscsi_url *url;
	uint64_t start_us, end_us, counted;
	int depth, milliseconds, attention;

	if (argc < 5 || argc > 6) {
		fprintf(stderr, "usage: %s URL LUN IN_FLIGHT MILLISECONDS [tur|elements]\n", argv[0]);
		return 2;
	}
	lun = atoi(argv[2]);
	depth = atoi(argv[3]);
	milliseconds = atoi(argv[4]);
	elements = argc == 6 && strcmp(argv[5], "elements") == 0;
	if (depth < 1 || milliseconds < 1 || (argc == 6 && !elements && strcmp(argv[5], "tur") != 0)) {
		fprintf(stderr, "IN_FLIGHT and MILLISECONDS are 1 or more, the mode is tur or elements\n");
		return 2;
	}
	iscsi = iscsi_create_context("iqn.2026-11.test.openrsm:load");
	url = iscsi == NULL ? NULL : iscsi_parse_full_url(iscsi, argv[1]);
	if (url == NULL) {
		fprintf(stderr, "not an iSCSI URL: %s\n", argv[1]);
		return 2;
	}
	iscsi_set_targetname(iscsi, url->target);
	if (url->user[0] != '\0')
		iscsi_set_initiator_username_pwd(iscsi, url->user, url->passwd);
	iscsi_set_session_type(iscsi, ISCSI_SESSION_NORMAL);
	iscsi_set_header_digest(iscsi, ISCSI_HEADER_DIGEST_NONE);
	iscsi_set_noautoreconnect(iscsi, 1);
	if (iscsi_full_connect_sync(iscsi, url->portal, lun) != 0) {
		fprintf(stderr, "no session: %s\n", iscsi_get_error(iscsi));
		return 2;
	}
	/* Unit attentions that wait are no part of the measurement. */
	for (attention = 0; attention < 8; attention++) {
		struct scsi_task *task = iscsi_testunitready_sync(iscsi, lun);
		int good = task != NULL && task->status == SCSI_STATUS_GOOD;

		if (task != NULL)
			scsi_free_scsi_task(task);
		if (good)
			break;
	}
	start_us = now_us();
	sending = 1;
	while (in_flight < depth)
		send_one();
	serve(start_us + (uint64_t)milliseconds * 1000);
	end_us = now_us();
	counted = answered;
	printf("%.0f\n", (double)counted * 1e6 / (double)(end_us - start_us));
	if (failed > 0)
		fprintf(stderr, "%llu of %llu commands failed\n", (unsigned long long)failed, (unsigned long long)counted);
	iscsi_logout_sync(iscsi);
	iscsi_destroy_url(url);
	iscsi_destroy_context(iscsi);
	return failed > 0 ? 1 : 0;
}
