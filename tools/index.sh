#!/bin/sh
# Writes build/index.c: the tables that are made from file names, so that adding a file is all it
# takes. Usage: index.sh > build/index.c, from the tree's root. An unchanged tree gives the same text.
set -eu
export LC_ALL=C # one order everywhere

echo '/* Made by tools/index.sh from file names. */'
echo '#include <stddef.h>'
echo '#include <string.h>'
echo '#include "include/dmacheck/device.h"'
echo '#include "reports/report.h"'
echo '#include "verifier/rule.h"'
echo '#include "verifier/track/tracker.h"'
echo

said() { # said WORD FILE...: the names in its lines WORD(name, ...)
    word=$1
    shift
    sed -n "s/^$word(\\([a-z0-9_]*\\),.*/\\1/p" "$@" | sort
}

rules=$(said RULE verifier/rules/*.c)
for n in $rules; do echo "extern const struct rule rule_$n;"; done
echo 'const struct rule *const rules_all[] = {'
for n in $rules; do echo "    &rule_$n,"; done
echo '    NULL,'
echo '};'
echo 'const unsigned rules_count = sizeof rules_all / sizeof *rules_all - 1;'
echo

trackers=$(said TRACKER verifier/track/*.c)
for n in $trackers; do echo "extern const struct tracker tracker_$n;"; done
echo 'const struct tracker *const trackers_all[] = {'
for n in $trackers; do echo "    &tracker_$n,"; done
echo '    NULL,'
echo '};'
echo

# A file of sim/dev may hold several models of one device.
devices=$(sed -n 's/^const struct dm_device_model device_\([a-z0-9_]*\) = {.*/\1/p' sim/dev/*.c | sort)
for n in $devices; do echo "extern const struct dm_device_model device_$n;"; done
echo 'static const struct dm_device_model *const device_models_all[] = {'
for n in $devices; do echo "    &device_$n,"; done
echo '    NULL,'
echo '};'
echo

cat << 'END'
const struct dm_device_model *dm_device_model(const char *name)
{
    for (size_t i = 0; device_models_all[i]; i++)
        if (!strcmp(device_models_all[i]->name, name))
            return device_models_all[i];
    return NULL;
}

END

# A writer is a file of reports/ that says REPORT_WRITER(name, ...).
writers=$(for f in reports/*.c; do
    [ -e "$f" ] && sed -n 's/^REPORT_WRITER(\([a-z0-9_]*\),.*/\1/p' "$f"
done)
for n in $writers; do echo "extern const struct report_writer report_writer_$n;"; done
echo 'const struct report_writer *const report_writers_all[] = {'
for n in $writers; do echo "    &report_writer_$n,"; done
echo '    NULL,'
echo '};'
