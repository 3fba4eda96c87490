/*
 * --program FILE: programs that a scenario is handed. All are read before anything runs.
 */
#include "cli/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/program.h"

int run_program_add(struct run_options *o, const char *path)
{
    if (o->program_count == RUN_PROGRAMS_MAX)
        return cli_wrong("run: at most %u --program", RUN_PROGRAMS_MAX);
    o->programs = realloc(o->programs, (o->program_count + 1) * sizeof *o->programs);
    must(o->programs);
    o->programs[o->program_count++] = (struct run_program) { .path = path };
    return 0;
}

int run_programs_read(struct run_options *o)
{
    char message[1024] = "";

    for (unsigned i = 0; i < o->program_count; i++) {
        struct run_program *p = &o->programs[i];

        p->input.name = "program";
        p->input.bytes = p->program =
            program_read(p->path, &p->input.count, message, sizeof message);
        if (!p->program)
            return cli_wrong("%s", message);
    }
    return 0;
}

void run_programs_free(struct run_options *o)
{
    for (unsigned i = 0; i < o->program_count; i++)
        program_free(o->programs[i].program);
    free(o->programs);
    o->programs = NULL;
    o->program_count = 0;
}

const struct run_program *run_program_of(const struct run_options *o, const struct report_run *run)
{
    for (unsigned i = 0; i < o->program_count; i++)
        if (run->program && !strcmp(o->programs[i].path, run->program))
            return &o->programs[i];
    return NULL;
}
