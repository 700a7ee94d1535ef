/* Stands in for NVIDIA's libnvidia-ml.so.1: the functions that Drift.Telemetry calls, with the signatures and layouts that nvml.h
 * documents, over GPUs that a test sets up and changes at run time through the fake_ functions at the end. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GPUS 16
#define MAX_MIG 8
#define MAX_XIDS 512

enum { OK = 0, UNINITIALIZED = 1, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, TIMED_OUT = 10, LOST = 15, VERSION = 25 };

typedef unsigned int u32;
typedef unsigned long long u64;
typedef void *device_t;

typedef struct { u32 gpu, memory; } utilization_t;
typedef struct { u64 total, free, used; } memory_t;
typedef struct { u32 version; u64 total, reserved, free, used; } memory_v2_t;
typedef struct { char legacy[16]; u32 domain, bus, device, device_id, subsystem_id; char bus_id[32]; } pci_t;
typedef struct { u32 pid; u64 memory; u32 gpu_instance, compute_instance; } process_t;
typedef struct { device_t device; u64 type, data; u32 gpu_instance, compute_instance; } event_t;
typedef union { double d; int si; u32 ui; unsigned long ul; u64 ull; long long sll; unsigned short us; } value_t;
typedef struct { u32 field, scope; long long timestamp, latency; int type; int result; value_t value; } field_t;

struct reading { char name[32]; u64 value; };
struct failure { char function[64]; int code; };

struct gpu {
    int present, lost, processes, mig;
    struct reading readings[48];
    int readings_used;
    struct failure failures[48];
    int failures_used;
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static struct gpu gpus[MAX_GPUS];
static int init_result, blocked;
/* A session sees the GPUs that were there when it began. */
static int sessions, session, listed[MAX_GPUS], listed_count;
static long calls, starts, event_sets;
static struct { int gpu; u64 xid; } xids[MAX_XIDS];
static int xids_waiting;

/* A handle names its session, so that one of an earlier session is refused. */
static device_t handle_of(int gpu, int mig) { return (device_t)(uintptr_t)(((u64)session << 16) | ((u64)mig << 8) | (u64)(gpu + 1)); }

static u64 reading(int gpu, const char *name, u64 absent) {
    for (int i = 0; i < gpus[gpu].readings_used; i++)
        if (!strcmp(gpus[gpu].readings[i].name, name)) return gpus[gpu].readings[i].value;
    return absent;
}

/* What every call on a device checks first. */
static int enter(device_t device, const char *function, int *gpu, int *mig) {
    u64 bits = (u64)(uintptr_t)device;
    calls++;
    if (!sessions) return UNINITIALIZED;
    *gpu = (int)(bits & 0xff) - 1;
    *mig = (int)((bits >> 8) & 0xff);
    if (bits >> 16 != (u64)session || *gpu < 0 || *gpu >= MAX_GPUS) return INVALID;
    for (int i = 0; i < gpus[*gpu].failures_used; i++)
        if (gpus[*gpu].failures[i].code && !strcmp(gpus[*gpu].failures[i].function, function)) return gpus[*gpu].failures[i].code;
    return gpus[*gpu].lost || !gpus[*gpu].present ? LOST : OK;
}

#define ENTER(device) \
    int gpu, mig; \
    pthread_mutex_lock(&gate); \
    int result = enter(device, __func__, &gpu, &mig); \
    pthread_mutex_unlock(&gate); \
    (void)mig; \
    if (result) return result

int nvmlInit_v2(void) {
    pthread_mutex_lock(&gate);
    calls++;
    starts++;
    int result = init_result;
    if (!result && sessions++ == 0) {
        session++;
        listed_count = 0;
        for (int i = 0; i < MAX_GPUS; i++)
            if (gpus[i].present) listed[listed_count++] = i;
    }
    pthread_mutex_unlock(&gate);
    return result;
}

int nvmlShutdown(void) {
    pthread_mutex_lock(&gate);
    calls++;
    int result = sessions ? OK : UNINITIALIZED;
    if (sessions) sessions--;
    pthread_mutex_unlock(&gate);
    return result;
}

int nvmlSystemGetDriverVersion(char *text, u32 length) { snprintf(text, length, "560.35.03"); return OK; }
int nvmlSystemGetNVMLVersion(char *text, u32 length) { snprintf(text, length, "12.560.35.03"); return OK; }

int nvmlDeviceGetCount_v2(u32 *count) {
    pthread_mutex_lock(&gate);
    calls++;
    while (blocked) pthread_cond_wait(&released, &gate);
    *count = (u32)listed_count;
    int result = sessions ? OK : UNINITIALIZED;
    pthread_mutex_unlock(&gate);
    return result;
}

int nvmlDeviceGetHandleByIndex_v2(u32 index, device_t *device) {
    pthread_mutex_lock(&gate);
    int result = sessions ? index < (u32)listed_count ? OK : INVALID : UNINITIALIZED;
    if (!result) {
        int gpu, mig;
        *device = handle_of(listed[index], 0);
        result = enter(*device, __func__, &gpu, &mig);
    }
    pthread_mutex_unlock(&gate);
    return result;
}

int nvmlDeviceGetName(device_t device, char *name, u32 length) {
    ENTER(device);
    snprintf(name, length, mig ? "NVIDIA Fake 80GB MIG 1g.10gb" : "NVIDIA Fake 80GB");
    return OK;
}

int nvmlDeviceGetUUID(device_t device, char *uuid, u32 length) {
    ENTER(device);
    snprintf(uuid, length, "%s-00000000-0000-0000-%04x-%012x", mig ? "MIG" : "GPU", mig, gpu);
    return OK;
}

int nvmlDeviceGetMinorNumber(device_t device, u32 *minor) { ENTER(device); *minor = (u32)gpu; return OK; }

int nvmlDeviceGetPciInfo_v3(device_t device, pci_t *pci) {
    ENTER(device);
    memset(pci, 0, sizeof *pci);
    pci->bus = (u32)gpu + 0x10;
    snprintf(pci->bus_id, sizeof pci->bus_id, "%08x:%02X:00.0", 0, gpu + 0x10);
    return OK;
}

int nvmlDeviceGetUtilizationRates(device_t device, utilization_t *rates) {
    ENTER(device);
    rates->gpu = (u32)reading(gpu, "utilization", 40);
    rates->memory = (u32)reading(gpu, "memory_utilization", 20);
    return OK;
}

int nvmlDeviceGetMemoryInfo(device_t device, memory_t *memory) {
    ENTER(device);
    u64 reserved = reading(gpu, "memory_reserved", 1ULL << 29);
    memory->total = mig ? 10ULL << 30 : reading(gpu, "memory_total", 80ULL << 30);
    memory->used = (mig ? 1ULL << 30 : reading(gpu, "memory_used", 16ULL << 30)) + reserved;
    memory->free = memory->total - memory->used;
    return OK;
}

int nvmlDeviceGetMemoryInfo_v2(device_t device, memory_v2_t *memory) {
    ENTER(device);
    if (memory->version != (sizeof *memory | (2u << 24))) return VERSION;
    memory->total = mig ? 10ULL << 30 : reading(gpu, "memory_total", 80ULL << 30);
    memory->reserved = reading(gpu, "memory_reserved", 1ULL << 29);
    memory->used = mig ? 1ULL << 30 : reading(gpu, "memory_used", 16ULL << 30);
    memory->free = memory->total - memory->reserved - memory->used;
    return OK;
}

int nvmlDeviceGetTemperature(device_t device, int sensor, u32 *celsius) {
    ENTER(device);
    if (sensor != 0) return INVALID;
    *celsius = (u32)reading(gpu, "temperature", 55);
    return OK;
}

int nvmlDeviceGetFieldValues(device_t device, int count, field_t *fields) {
    ENTER(device);
    for (int i = 0; i < count; i++) {
        fields[i].timestamp = 1;
        fields[i].result = fields[i].field == 82 ? (int)reading(gpu, "memory_temperature_result", OK) : NOT_SUPPORTED;
        fields[i].type = (int)reading(gpu, "memory_temperature_type", 1);
        /* A union: what the type does not cover is left as it was. */
        memset(&fields[i].value, 0xAB, sizeof fields[i].value);
        u64 value = reading(gpu, "memory_temperature", 61);
        switch (fields[i].type) {
            case 0: fields[i].value.d = (double)value; break;
            case 1: fields[i].value.ui = (u32)value; break;
            case 5: fields[i].value.si = (int)value; break;
            case 6: fields[i].value.us = (unsigned short)value; break;
            default: fields[i].value.ull = value; break;
        }
    }
    return OK;
}

int nvmlDeviceGetPowerUsage(device_t device, u32 *milliwatts) { ENTER(device); *milliwatts = (u32)reading(gpu, "power", 312500); return OK; }
int nvmlDeviceGetEnforcedPowerLimit(device_t device, u32 *milliwatts) { ENTER(device); *milliwatts = (u32)reading(gpu, "power_limit", 700000); return OK; }

int nvmlDeviceGetClockInfo(device_t device, int clock, u32 *megahertz) {
    ENTER(device);
    if (clock != 1 && clock != 2) return INVALID;
    *megahertz = clock == 1 ? (u32)reading(gpu, "sm_clock", 1980) : (u32)reading(gpu, "memory_clock", 2619);
    return OK;
}

int nvmlDeviceGetTotalEnergyConsumption(device_t device, u64 *millijoules) { ENTER(device); *millijoules = reading(gpu, "energy", 123456789012ULL); return OK; }
int nvmlDeviceGetPcieReplayCounter(device_t device, u32 *replays) { ENTER(device); *replays = (u32)reading(gpu, "pcie_replays", 3); return OK; }

int nvmlDeviceGetTotalEccErrors(device_t device, int error, int counter, u64 *count) {
    static const char *const names[2][2] = {{"ecc_volatile_corrected", "ecc_aggregate_corrected"}, {"ecc_volatile_uncorrected", "ecc_aggregate_uncorrected"}};
    ENTER(device);
    if (error < 0 || error > 1 || counter < 0 || counter > 1) return INVALID;
    *count = reading(gpu, names[error][counter], (u64)(error * 2 + counter));
    return OK;
}

int nvmlDeviceGetRemappedRows(device_t device, u32 *corrected, u32 *uncorrected, u32 *pending, u32 *failed) {
    ENTER(device);
    *corrected = (u32)reading(gpu, "remapped_corrected", 1);
    *uncorrected = (u32)reading(gpu, "remapped_uncorrected", 2);
    *pending = (u32)reading(gpu, "remapped_pending", 0);
    *failed = (u32)reading(gpu, "remapped_failed", 0);
    return OK;
}

int nvmlDeviceGetCurrentClocksEventReasons(device_t device, u64 *reasons) { ENTER(device); *reasons = reading(gpu, "throttle", 0); return OK; }
int nvmlDeviceGetCurrentClocksThrottleReasons(device_t device, u64 *reasons) { ENTER(device); *reasons = reading(gpu, "throttle", 0); return OK; }

static int list(int gpu, u32 *count, process_t *processes) {
    u32 running = (u32)gpus[gpu].processes, room = *count;
    *count = running;
    if (running > room) return TOO_SMALL;
    for (u32 i = 0; i < running; i++) {
        processes[i].pid = 4000 + i;
        processes[i].memory = i == 0 ? ~0ULL : (u64)i << 20;
        processes[i].gpu_instance = gpus[gpu].mig ? 1 : ~0u;
        processes[i].compute_instance = gpus[gpu].mig ? 0 : ~0u;
    }
    return OK;
}

int nvmlDeviceGetComputeRunningProcesses_v3(device_t device, u32 *count, process_t *processes) { ENTER(device); return list(gpu, count, processes); }
int nvmlDeviceGetGraphicsRunningProcesses_v3(device_t device, u32 *count, process_t *processes) { ENTER(device); (void)processes; *count = 0; return OK; }

int nvmlDeviceGetMigMode(device_t device, u32 *current, u32 *pending) { ENTER(device); *current = *pending = gpus[gpu].mig > 0; return OK; }
int nvmlDeviceGetMaxMigDeviceCount(device_t device, u32 *count) { ENTER(device); *count = gpus[gpu].mig ? MAX_MIG - 1 : 0; return OK; }

int nvmlDeviceGetMigDeviceHandleByIndex(device_t device, u32 index, device_t *instance) {
    ENTER(device);
    /* The first number has no instance: they need not be without gaps. */
    if (index == 0 || index > (u32)gpus[gpu].mig) return NOT_FOUND;
    *instance = handle_of(gpu, (int)index);
    return OK;
}

int nvmlDeviceGetGpuInstanceId(device_t device, u32 *id) { ENTER(device); *id = (u32)mig + 6; return OK; }
int nvmlDeviceGetComputeInstanceId(device_t device, u32 *id) { ENTER(device); *id = 0; return OK; }

int nvmlEventSetCreate(void **set) {
    pthread_mutex_lock(&gate);
    calls++;
    event_sets++;
    pthread_mutex_unlock(&gate);
    *set = malloc(64);
    return OK;
}

int nvmlDeviceRegisterEvents(device_t device, u64 types, void *set) { ENTER(device); (void)set; return types == 8 ? OK : NOT_SUPPORTED; }

int nvmlEventSetWait_v2(void *set, event_t *event, u32 timeout) {
    int result = TIMED_OUT;
    (void)set;
    (void)timeout;
    pthread_mutex_lock(&gate);
    calls++;
    if (xids_waiting > 0) {
        memset(event, 0, sizeof *event);
        event->device = handle_of(xids[0].gpu, 0);
        event->type = 8;
        event->data = xids[0].xid;
        event->gpu_instance = event->compute_instance = ~0u;
        memmove(xids, xids + 1, sizeof xids[0] * (size_t)--xids_waiting);
        result = OK;
    }
    pthread_mutex_unlock(&gate);
    return result;
}

int nvmlEventSetFree(void *set) {
    pthread_mutex_lock(&gate);
    calls++;
    event_sets--;
    pthread_mutex_unlock(&gate);
    free(set);
    return OK;
}

/* What a test says. */

void fake_reset(int count) {
    pthread_mutex_lock(&gate);
    memset(gpus, 0, sizeof gpus);
    for (int i = 0; i < count && i < MAX_GPUS; i++) gpus[i].present = 1;
    init_result = blocked = xids_waiting = 0;
    calls = starts = 0;
    pthread_cond_broadcast(&released);
    pthread_mutex_unlock(&gate);
}

void fake_set(int gpu, const char *name, u64 value) {
    pthread_mutex_lock(&gate);
    struct gpu *g = &gpus[gpu];
    int i = 0;
    while (i < g->readings_used && strcmp(g->readings[i].name, name)) i++;
    if (i == g->readings_used) snprintf(g->readings[g->readings_used++].name, sizeof g->readings[i].name, "%s", name);
    g->readings[i].value = value;
    pthread_mutex_unlock(&gate);
}

void fake_fail(int gpu, const char *function, int code) {
    pthread_mutex_lock(&gate);
    struct gpu *g = &gpus[gpu];
    int i = 0;
    while (i < g->failures_used && strcmp(g->failures[i].function, function)) i++;
    if (i == g->failures_used) snprintf(g->failures[g->failures_used++].function, sizeof g->failures[i].function, "%s", function);
    g->failures[i].code = code;
    pthread_mutex_unlock(&gate);
}

void fake_xid(int gpu, u64 xid) {
    pthread_mutex_lock(&gate);
    if (xids_waiting < MAX_XIDS) {
        xids[xids_waiting].gpu = gpu;
        xids[xids_waiting++].xid = xid;
    }
    pthread_mutex_unlock(&gate);
}

void fake_block(int on) {
    pthread_mutex_lock(&gate);
    blocked = on;
    pthread_cond_broadcast(&released);
    pthread_mutex_unlock(&gate);
}

#define SET(name, field) \
    void name(int gpu, int value) { pthread_mutex_lock(&gate); gpus[gpu].field = value; pthread_mutex_unlock(&gate); }
SET(fake_present, present)
SET(fake_lost, lost)
SET(fake_processes, processes)
SET(fake_mig, mig)

void fake_init_result(int code) { pthread_mutex_lock(&gate); init_result = code; pthread_mutex_unlock(&gate); }
int fake_sessions(void) { return sessions; }
long fake_event_sets(void) { return event_sets; }
long fake_calls(void) { return calls; }
long fake_starts(void) { return starts; }

long fake_layout(const char *what) {
    if (!strcmp(what, "utilization")) return sizeof(utilization_t);
    if (!strcmp(what, "memory")) return sizeof(memory_t);
    if (!strcmp(what, "memory_v2")) return sizeof(memory_v2_t);
    if (!strcmp(what, "pci")) return sizeof(pci_t);
    if (!strcmp(what, "pci.bus_id")) return offsetof(pci_t, bus_id);
    if (!strcmp(what, "process")) return sizeof(process_t);
    if (!strcmp(what, "event")) return sizeof(event_t);
    if (!strcmp(what, "field")) return sizeof(field_t);
    if (!strcmp(what, "field.value")) return offsetof(field_t, value);
    return -1;
}

__attribute__((constructor)) static void begin(void) {
    const char *count = getenv("FAKE_NVML_GPUS");
    if (count) fake_reset(atoi(count));
    const char *instances = getenv("FAKE_NVML_MIG");
    if (count && instances) fake_mig(atoi(count) - 1, atoi(instances));
}
