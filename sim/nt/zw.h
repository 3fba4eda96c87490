/*
 * What zw*.c, ob.c and ps.c share: the registry tree, objects with reference counts, and the handle
 * table. Other rooms of sim/nt use the ob_ functions to make an object known to handles.
 */
#ifndef DMACHECK_SIM_NT_ZW_H
#define DMACHECK_SIM_NT_ZW_H

#include "sim/nt/nt.h"

/* --- registry (zw_tree.c): keys sorted by name, values in the order of their making --- */
struct reg_value {
    struct reg_value *next;
    uint16_t *name;
    uint32_t name_chars;
    uint32_t type, size_bytes, room_bytes;
    uint8_t *data;
};
struct reg_key {
    struct reg_key *parent, *child, *next;
    struct reg_value *values;
    uint16_t *name;
    uint32_t name_chars;
    uint64_t written_ns;
    bool deleted;
};

/* A path or a value's name: 16-bit characters, counted. */
struct reg_name {
    const uint16_t *chars;
    uint32_t count;
};
#define REG_NAME(literal)                                                                          \
    ((struct reg_name) { (const uint16_t *)(literal), sizeof(literal) / 2 - 1 })
struct reg_name reg_name_of(const UNICODE_STRING *u);

struct reg_key *reg_root(struct sim *s);
/* Walks path ("\Registry\Machine\..." from the root, or relative to from). NULL: no such key. */
struct reg_key *reg_find(struct sim *s, struct reg_key *from, struct reg_name path);
/* The same, but makes what is missing, as the machine's own set-up may. */
struct reg_key *reg_make(struct sim *s, struct reg_key *from, struct reg_name path);
/* As ZwCreateKey does: only the last component may be missing. */
NTSTATUS reg_create(struct sim *s, struct reg_key *from, struct reg_name path, struct reg_key **out,
                    bool *created);
NTSTATUS reg_delete(struct reg_key *k); /* STATUS_CANNOT_DELETE while it has subkeys */
struct reg_value *reg_value_find(struct reg_key *k, struct reg_name name);
struct reg_value *reg_value_at(struct reg_key *k, uint32_t index);
struct reg_key *reg_child_at(struct reg_key *k, uint32_t index);
NTSTATUS reg_value_set(struct sim *s, struct reg_key *k, struct reg_name name, uint32_t type,
                       const void *data, uint32_t size_bytes);
bool reg_value_delete(struct sim *s, struct reg_key *k, struct reg_name name);
bool reg_name_equal(struct reg_name a, struct reg_name b);
int reg_tree_create(struct sim *s);
void reg_tree_reset(struct sim *s);
void reg_tree_destroy(struct sim *s);
/* Memory that lives to the machine's next reset. */
void *reg_memory(struct sim *s, size_t bytes);

/* --- objects and handles (ob.c) --- */
enum ob_type {
    OB_ANY,
    OB_EVENT,
    OB_SEMAPHORE,
    OB_TIMER,
    OB_THREAD,
    OB_PROCESS,
    OB_KEY,
    OB_FILE,
    OB_DEVICE,
    OB_DRIVER,
    OB_TOKEN,
    OB_SECTION,
    OB_STORED_FILE,
    OB_TYPES
};

/* Makes body an object with one reference; destroy (may be NULL) runs when the last one goes. */
NTSTATUS ob_register(struct sim *s, void *body, enum ob_type type,
                     void (*destroy)(struct sim *s, void *body));
uint32_t ob_references(struct sim *s, void *body); /* 0: not an object that anyone counts */
enum ob_type ob_type_of(struct sim *s, void *body);
void ob_reference(struct sim *s, void *body);
void ob_dereference(struct sim *s, void *body);
/* A handle takes a reference of its own. */
NTSTATUS ob_handle_create(struct sim *s, void *body, enum ob_type type, ACCESS_MASK access,
                          ULONG attributes, HANDLE *out);
/* What a handle names, as kernel or user mode; no reference is taken. */
NTSTATUS ob_handle_body(struct sim *s, HANDLE handle, enum ob_type want, ACCESS_MASK access,
                        KPROCESSOR_MODE mode, void **body, ACCESS_MASK *granted);
NTSTATUS ob_handle_close(struct sim *s, HANDLE handle);
uint32_t ob_handles_open(struct sim *s);
int ob_create(struct sim *s);
void ob_reset(struct sim *s);
void ob_destroy(struct sim *s);

/* --- processes and threads (ps.c) --- */
#define PS_PROCESSES_MAX 16
/* A process as the driver sees it, by the object id that agents carry; 0 is the system process. */
PEPROCESS ps_process(struct sim *s, uint32_t process);
HANDLE ps_process_id(struct sim *s, uint32_t process);
uint32_t ps_process_new(struct sim *s); /* its object id */
void ps_reset(struct sim *s);

/* --- the file store (zw_file.c): names and bytes; a scenario puts files there --- */
NTSTATUS zw_file_put(struct sim *s, const char *path, const void *bytes, uint32_t size_bytes);

struct nt_zw {
    struct reg_tree *tree;
    struct ob_state *ob;
    struct zw_file *files;
    struct zw_event *events;              /* with handles, named or not */
    uint32_t processes[PS_PROCESSES_MAX]; /* object ids; [0] is the system process, id 0 */
    void *process_bodies[PS_PROCESSES_MAX];
    uint32_t process_count;
};

#endif
