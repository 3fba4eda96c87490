/*
 * dmacheck fuzz: what there is to do with a fuzzer's inputs. The fuzzers themselves are programs of their own
 * (make fuzz).
 */
#include "cli/fuzz.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inputs/print.h"

#define INPUT_BYTES_MAX (1u << 24)

static const char help[] =
    "usage: dmacheck fuzz print INPUT [--driver NAME|--surface FILE]\n"
    "       dmacheck fuzz replay INPUT --driver DRIVER [--record TRACE] [--target TARGET]\n"
    "       dmacheck fuzz encode TRACE -o INPUT [--driver NAME|--surface FILE]\n"
    "       dmacheck fuzz seeds -o FOLDER --driver NAME|--surface FILE\n"
    "       dmacheck fuzz build FOLDER -o DRIVER.so\n"
    "\n"
    "print shows an input, replay runs it and records what happens, encode makes an input of a\n"
    "recorded run, seeds writes first inputs for a driver, build compiles a driver for fuzzing\n"
    "(make fuzz DRIVER=FOLDER does that, and the targets).\n"
    "\n"
    "  --driver DRIVER   as run takes it; names the control codes of fuzz/surface/DRIVER.surface\n"
    "  --surface FILE    control codes: a table, or a header with CTL_CODE macros "
    "(docs/fuzzing.md)\n"
    "  --target TARGET   what the input may do: ioctl, device or plan (default)\n"
    "  --record TRACE    default INPUT.dmatrace\n"
    "  -o PATH           what is written\n"
    "\n"
    "exit: 0 clean, 1 findings, 2 usage or input at fault, 3 the simulator failed,\n"
    "      4 the run does not end\n";

static const struct option long_options[] = {
    { "driver", required_argument, NULL, 'd' }, { "surface", required_argument, NULL, 's' },
    { "target", required_argument, NULL, 't' }, { "record", required_argument, NULL, 'r' },
    { "help", no_argument, NULL, 'h' },         { NULL, 0, NULL, 0 },
};

static const struct {
    const char *name;
    int (*run)(const struct fuzz_options *o);
    bool subject, driver, output; /* that it wants */
} verbs[] = {
    { "print", fuzz_print, true, false, false },  { "replay", fuzz_replay, true, true, false },
    { "encode", fuzz_encode, true, false, true }, { "seeds", fuzz_seeds, false, false, true },
    { "build", fuzz_build, true, false, true },
};
#define VERBS (sizeof verbs / sizeof *verbs)

uint8_t *fuzz_input_read(const char *path, size_t *bytes)
{
    FILE *f = fopen(path, "r");
    uint8_t *all = f ? malloc(INPUT_BYTES_MAX + 1) : NULL;

    if (!f || !all) {
        cli_wrong("%s: %s", path, strerror(errno));
        if (f)
            fclose(f);
        return NULL;
    }
    *bytes = fread(all, 1, INPUT_BYTES_MAX + 1, f);
    if (ferror(f) || *bytes > INPUT_BYTES_MAX) {
        cli_wrong("%s: %s", path, ferror(f) ? strerror(errno) : "expected 16 MiB at most");
        free(all);
        all = NULL;
    }
    fclose(f);
    return all;
}

int fuzz_output_write(const char *path, const void *bytes, size_t count)
{
    FILE *f = fopen(path, "w");
    bool good = f && fwrite(bytes, 1, count, f) == count;

    if (f && fclose(f))
        good = false;
    return good ? 0 : cli_wrong("%s: %s", path, strerror(errno));
}

int fuzz_print(const struct fuzz_options *o)
{
    size_t bytes;
    uint8_t *input = fuzz_input_read(o->subject, &bytes);

    if (!input)
        return DM_USAGE;
    input_print(stdout, input, bytes, o->surface);
    free(input);
    return DM_CLEAN;
}

/* What was named, or what our tree has for the driver, or nothing. */
static int take_surface(struct fuzz_options *o, const char *path)
{
    char name[600], found[4096], message[600] = "";

    snprintf(name, sizeof name, "fuzz/surface/%s.surface", o->driver ? o->driver : "");
    if (!path && o->driver)
        path = cli_tree_file(name, found, sizeof found);
    o->surface = path ? surface_read(path, message, sizeof message)
                      : surface_parse("", "", message, sizeof message);
    return o->surface ? 0 : cli_wrong("%s", message);
}

static int take_options(struct fuzz_options *o, int argc, char **argv)
{
    const char *surface = NULL;
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":ho:", long_options, NULL)) != -1) {
        switch (c) {
        case 'h':
            fputs(help, stdout);
            return -1;
        case 'd':
            o->driver = optarg;
            break;
        case 's':
            surface = optarg;
            break;
        case 't':
            o->target = optarg;
            break;
        case 'r':
            o->record = optarg;
            break;
        case 'o':
            o->output = optarg;
            break;
        default:
            return cli_wrong_option("fuzz", argv, c);
        }
    }
    if (optind < argc)
        o->subject = argv[optind++];
    if (optind < argc)
        return cli_wrong("fuzz: '%s' is too much; see dmacheck fuzz --help", argv[optind]);
    return take_surface(o, surface);
}

static int run(unsigned verb, const struct fuzz_options *o)
{
    const char *name = verbs[verb].name;

    if (verbs[verb].subject != (o->subject != NULL))
        return cli_wrong("fuzz %s: wants %s; see dmacheck fuzz --help", name,
                         verbs[verb].subject ? "a file" : "no file");
    if (verbs[verb].driver && !o->driver)
        return cli_wrong("fuzz %s: wants --driver", name);
    if (verbs[verb].output && !o->output)
        return cli_wrong("fuzz %s: wants -o", name);
    return verbs[verb].run(o);
}

int verb_fuzz(int argc, char **argv)
{
    struct fuzz_options o = { .target = "plan" };
    const char *name = argc > 1 ? argv[1] : NULL;
    unsigned verb = 0;
    int code;

    if (!name)
        return cli_wrong("fuzz: which verb? dmacheck fuzz --help lists them");
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
        fputs(help, stdout);
        return DM_CLEAN;
    }
    while (verb < VERBS && strcmp(verbs[verb].name, name))
        verb++;
    if (verb == VERBS)
        return cli_wrong("fuzz: unknown verb '%s'; dmacheck fuzz --help lists them", name);
    code = take_options(&o, argc - 1, argv + 1);
    if (!code)
        code = run(verb, &o);
    surface_free(o.surface);
    return code < 0 ? DM_CLEAN : code;
}
