/*
 * The life of a medium, written to ntmsapi.h. Its port is port.ts, step by step; porting.md tells the rules.
 *
 *     cl /DUNICODE port.c ntmsapi.lib
 *     x86_64-w64-mingw32-gcc -municode -DUNICODE port.c -lntmsapi -o port.exe
 */
#include <windows.h>
#include <ntmsapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static DWORD ListObjects(HANDLE session, LPNTMS_GUID container, DWORD type, LPNTMS_GUID *list, DWORD *count);
static DWORD GetInformation(HANDLE session, LPNTMS_GUID id, DWORD type, LPNTMS_OBJECTINFORMATION info);
static DWORD FindFreeMedium(HANDLE session, LPNTMS_GUID mediaType);
static DWORD OpenPool(HANDLE session, LPCWSTR name, LPNTMS_GUID mediaType, LPNTMS_GUID pool);
static DWORD UseMedium(HANDLE session, LPNTMS_GUID medium);
static DWORD WriteMedium(HANDLE session, LPNTMS_GUID drive, LPNTMS_GUID medium);
static DWORD DismountAndWait(HANDLE session, LPNTMS_GUID medium);
static DWORD Failed(const char *what, DWORD error);

int wmain(void)
{
    HANDLE session;
    NTMS_GUID mediaType, pool, medium;
    NTMS_ALLOCATION_INFORMATION from;
    DWORD error, ended;

    session = OpenNtmsSession(NULL, L"port example", 0);
    if (session == INVALID_HANDLE_VALUE)
        return Failed("OpenNtmsSession", GetLastError());

    error = FindFreeMedium(session, &mediaType);
    if (error == ERROR_SUCCESS)
        error = OpenPool(session, L"Port", &mediaType, &pool);
    if (error == ERROR_SUCCESS) {
        memset(&from, 0, sizeof(from));
        from.dwSize = sizeof(from);
        error = AllocateNtmsMedia(session, &pool, NULL, &medium,
                                  NTMS_ALLOCATE_NEW | NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE, INFINITE, &from);
        if (error != ERROR_SUCCESS) {
            Failed("AllocateNtmsMedia", error);
        } else {
            error = UseMedium(session, &medium);
            /* Given back whatever happened; the pool's policy returns it to the free pool. */
            ended = DeallocateNtmsMedia(session, &medium, 0);
            if (ended != ERROR_SUCCESS)
                Failed("DeallocateNtmsMedia", ended);
            if (error == ERROR_SUCCESS)
                error = ended;
        }
        ended = DeleteNtmsMediaPool(session, &pool);
        if (ended != ERROR_SUCCESS)
            Failed("DeleteNtmsMediaPool", ended);
        if (error == ERROR_SUCCESS)
            error = ended;
    }
    CloseNtmsSession(session);
    if (error == ERROR_SUCCESS)
        printf("given back\n");
    return error == ERROR_SUCCESS ? 0 : 1;
}

/* All objects of a kind: asked for their number, then for as many, again if there are more by then. */
static DWORD ListObjects(HANDLE session, LPNTMS_GUID container, DWORD type, LPNTMS_GUID *list, DWORD *count)
{
    DWORD error;

    *list = NULL;
    *count = 0;
    do {
        free(*list);
        *list = calloc(*count + 1, sizeof(NTMS_GUID));
        if (*list == NULL)
            return Failed("calloc", ERROR_NOT_ENOUGH_MEMORY);
        error = EnumerateNtmsObject(session, container, *list, count, type, 0);
    } while (error == ERROR_INSUFFICIENT_BUFFER);
    if (error != ERROR_SUCCESS) {
        free(*list);
        *list = NULL;
        return Failed("EnumerateNtmsObject", error);
    }
    return ERROR_SUCCESS;
}

static DWORD GetInformation(HANDLE session, LPNTMS_GUID id, DWORD type, LPNTMS_OBJECTINFORMATION info)
{
    DWORD error;

    memset(info, 0, sizeof(*info));
    info->dwSize = sizeof(*info);
    info->dwType = type;
    error = GetNtmsObjectInformation(session, id, info);
    return error == ERROR_SUCCESS ? error : Failed("GetNtmsObjectInformation", error);
}

/* Shows the libraries, and takes the type of the first cartridge in one of them that belongs to nobody. */
static DWORD FindFreeMedium(HANDLE session, LPNTMS_GUID mediaType)
{
    NTMS_OBJECTINFORMATION info, pool;
    LPNTMS_GUID libraries, media;
    DWORD libraryCount, mediaCount, i, j, error, found = 0;

    error = ListObjects(session, NULL, NTMS_LIBRARY, &libraries, &libraryCount);
    for (i = 0; error == ERROR_SUCCESS && !found && i < libraryCount; i++) {
        error = GetInformation(session, &libraries[i], NTMS_LIBRARY, &info);
        if (error != ERROR_SUCCESS || info.Info.Library.LibraryType == NTMS_LIBRARYTYPE_OFFLINE)
            continue;
        wprintf(L"library %ls: %lu drives, %lu slots\n", info.szName, info.Info.Library.dwNumberOfDrives,
                info.Info.Library.dwNumberOfSlots);

        error = ListObjects(session, &libraries[i], NTMS_PHYSICAL_MEDIA, &media, &mediaCount);
        for (j = 0; error == ERROR_SUCCESS && !found && j < mediaCount; j++) {
            error = GetInformation(session, &media[j], NTMS_PHYSICAL_MEDIA, &info);
            if (error != ERROR_SUCCESS)
                continue;
            error = GetInformation(session, &info.Info.PhysicalMedia.MediaPool, NTMS_MEDIA_POOL, &pool);
            if (error != ERROR_SUCCESS || pool.Info.MediaPool.PoolType != NTMS_POOLTYPE_SCRATCH)
                continue;
            *mediaType = info.Info.PhysicalMedia.MediaType;
            found = 1;
        }
        free(media);
    }
    free(libraries);
    if (error == ERROR_SUCCESS && !found) {
        fprintf(stderr, "The free pool is empty: put a medium into it.\n");
        error = ERROR_MEDIA_UNAVAILABLE;
    }
    return error;
}

/* Opens the pool, or makes it; media come to it from the free pool and go back there. */
static DWORD OpenPool(HANDLE session, LPCWSTR name, LPNTMS_GUID mediaType, LPNTMS_GUID pool)
{
    NTMS_OBJECTINFORMATION info;
    DWORD error;

    error = CreateNtmsMediaPool(session, name, mediaType, NTMS_OPEN_ALWAYS, NULL, pool);
    if (error != ERROR_SUCCESS)
        return Failed("CreateNtmsMediaPool", error);

    error = GetInformation(session, pool, NTMS_MEDIA_POOL, &info);
    if (error != ERROR_SUCCESS)
        return error;
    info.Info.MediaPool.AllocationPolicy = NTMS_ALLOCATE_FROMSCRATCH;
    info.Info.MediaPool.DeallocationPolicy = NTMS_DEALLOCATE_TOSCRATCH;
    error = SetNtmsObjectInformation(session, pool, &info);
    return error == ERROR_SUCCESS ? error : Failed("SetNtmsObjectInformation", error);
}

/* Mounts the medium, writes it, and has it brought home whether that went well or not. */
static DWORD UseMedium(HANDLE session, LPNTMS_GUID medium)
{
    NTMS_GUID drive;
    DWORD error, ended;

    memset(&drive, 0, sizeof(drive));
    error = MountNtmsMedia(session, medium, &drive, 1, NTMS_MOUNT_WRITE, NTMS_PRIORITY_NORMAL, INFINITE, NULL);
    if (error != ERROR_SUCCESS)
        return Failed("MountNtmsMedia", error);

    error = WriteMedium(session, &drive, medium);
    ended = DismountAndWait(session, medium);
    return error == ERROR_SUCCESS ? ended : error;
}

/* Writes a label, tells of it, and writes a record behind it. */
static DWORD WriteMedium(HANDLE session, LPNTMS_GUID drive, LPNTMS_GUID medium)
{
    static const char record[] = "written by the port example";
    NTMS_OBJECTINFORMATION info;
    HANDLE tape;
    char label[81];
    DWORD error, written;

    error = GetInformation(session, drive, NTMS_DRIVE, &info);
    if (error != ERROR_SUCCESS)
        return error;
    tape = CreateFile(info.Info.Drive.szDeviceName, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (tape == INVALID_HANDLE_VALUE)
        return Failed("CreateFile", GetLastError());

    sprintf(label, "%-79s4", "VOL1PORT01");
    error = SetTapePosition(tape, TAPE_REWIND, 0, 0, 0, FALSE);
    if (error == ERROR_SUCCESS && !WriteFile(tape, label, 80, &written, NULL))
        error = GetLastError();
    if (error == ERROR_SUCCESS)
        error = WriteTapemark(tape, TAPE_FILEMARKS, 1, FALSE);
    if (error == ERROR_SUCCESS && !WriteFile(tape, record, sizeof(record) - 1, &written, NULL))
        error = GetLastError();
    if (error == ERROR_SUCCESS)
        error = WriteTapemark(tape, TAPE_FILEMARKS, 1, FALSE);
    CloseHandle(tape);
    if (error != ERROR_SUCCESS)
        return Failed("writing", error);
    wprintf(L"written in drive %lu\n", info.Info.Drive.Number);

    /* The next mount compares the label with what is told here. */
    error = UpdateNtmsOmidInfo(session, medium, NTMS_OMID_TYPE_RAW_LABEL, 80, label);
    return error == ERROR_SUCCESS ? error : Failed("UpdateNtmsOmidInfo", error);
}

/* DismountNtmsMedia only queues; the cartridge is idle when it is back in its slot. */
static DWORD DismountAndWait(HANDLE session, LPNTMS_GUID medium)
{
    NTMS_OBJECTINFORMATION info;
    NTMS_NOTIFICATIONINFORMATION news;
    NTMS_GUID cartridge;
    LPNTMS_GUID sides;
    HANDLE notification;
    DWORD count, error;

    error = ListObjects(session, medium, NTMS_PARTITION, &sides, &count);
    if (error != ERROR_SUCCESS)
        return error;
    error = GetInformation(session, &sides[0], NTMS_PARTITION, &info);
    free(sides);
    if (error != ERROR_SUCCESS)
        return error;
    cartridge = info.Info.Partition.PhysicalMedia;

    notification = OpenNtmsNotification(session, NTMS_PHYSICAL_MEDIA);
    if (notification == INVALID_HANDLE_VALUE)
        return Failed("OpenNtmsNotification", GetLastError());
    error = DismountNtmsMedia(session, medium, 1, NTMS_DISMOUNT_IMMEDIATE);
    if (error != ERROR_SUCCESS)
        Failed("DismountNtmsMedia", error);
    while (error == ERROR_SUCCESS) {
        error = GetInformation(session, &cartridge, NTMS_PHYSICAL_MEDIA, &info);
        if (error != ERROR_SUCCESS || info.Info.PhysicalMedia.MediaState == NTMS_MEDIASTATE_IDLE)
            break;
        error = WaitForNtmsNotification(notification, &news, 60000);
        if (error != ERROR_SUCCESS)
            Failed("WaitForNtmsNotification", error);
    }
    CloseNtmsNotification(notification);
    return error;
}

static DWORD Failed(const char *what, DWORD error)
{
    fprintf(stderr, "%s: error %lu\n", what, error);
    return error;
}
