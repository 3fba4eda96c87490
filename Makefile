# dmacheck: one Makefile. `make help` lists what a person types.
#
# Objects lie under build/<config>/; the configuration is named by CC and SAN, so that several can
# stand side by side. Sources are found by folder: a new file needs no line here.

CC      := gcc
SAN     :=
CLANG   ?= clang-14
SEEDS   ?= 20
comma   := ,
Q       := $(if $(V),,@)

ifneq ($(SAN),)
# The sanitizers' run-time is clang's: the drivers' checks must meet the same one.
CC      := $(CLANG)
endif
CONFIG  := $(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(COV),-coverage)
BUILD   := build/$(CONFIG)
DEFAULT := build/gcc

# All processors, unless somebody says otherwise; several goals come one after the other.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS))$(word 2,$(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

ROOMS   := base trace sim/core sim/nt sim/wdf sim/dev $(patsubst %/,%,$(wildcard sim/dev/*/)) verifier verifier/track verifier/rules \
           reports machine inputs import
LIB_SRC := $(wildcard $(ROOMS:%=%/*.c))
CLI_SRC := $(wildcard cli/*.c)
DDKCC_SRC := $(wildcard ddkcc/*.c)
DEVICES := $(sort $(notdir $(basename $(wildcard sim/dev/*.c))))
SAMPLES := $(sort $(notdir $(patsubst %/driver.ini,%,$(wildcard drivers-under-test/samples/*/driver.ini))))
TWINS   := $(sort $(notdir $(basename $(wildcard drivers-under-test/twins/*.c))))
CASES   := $(patsubst drivers-under-test/cases/%/driver.ini,%,$(sort $(wildcard drivers-under-test/cases/*/driver.ini)))
UNITS   := $(sort $(notdir $(basename $(wildcard tests/unit/*.c))))
BENCHES := $(sort $(notdir $(basename $(wildcard bench/bench_*.c))))
# Those that run a driver are built once for each: fuzz_ioctl is fuzz_ioctl-xfer, -pkt, -accel.
FUZZ_DRIVEN := ioctl device plan
FUZZ_DRIVERS := xfer pkt accel
FUZZ_ALONE := canary program
FUZZERS := $(filter-out $(FUZZ_DRIVEN:%=fuzz_%),$(sort $(notdir $(basename $(wildcard fuzz/fuzz_*.c))))) \
           $(foreach t,$(FUZZ_DRIVEN),$(FUZZ_DRIVERS:%=fuzz_$(t)-%))

WARN    := -Wall -Wextra -Werror
# ASan goes on after a report: one that a driver caused, deep in our code, is a finding (machine/sanitizer.c).
SANFLAG := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined -fsanitize-recover=address)
# Counters for `make coverage`; at -O1, where a line is still a line, and whose warnings are no others' concern.
COVFLAG := $(if $(COV),--coverage -O1 -Wno-error)
# gcc clears middling structures with `rep stos`, which takes longer to start than to do.
MEMSET  := $(if $(findstring gcc,$(CC)),-mmemset-strategy=libcall:-1:noalign)
CFLAGS  := -std=gnu11 -O2 $(MEMSET) -g -gdwarf-4 -fno-omit-frame-pointer -fno-strict-aliasing -ffp-contract=off $(WARN) $(SANFLAG) $(COVFLAG)
CPPFLAGS := -I. -D_GNU_SOURCE
NTFLAGS := -fshort-wchar -DDDK_HOST=1 -idirafter include/ddk
# What the door and the driver's memory are touched with must not call the door's own checks.
NOSAN   := -fno-sanitize=all
LDFLAGS := -rdynamic -g $(SANFLAG) $(COVFLAG)
LDLIBS  := -ljansson -linih -ldw -lzstd -ldl -lpthread -lm

OBJ     := $(BUILD)/obj
LIB_OBJ := $(LIB_SRC:%.c=$(OBJ)/%.o) $(OBJ)/index.o $(OBJ)/embedded.o $(OBJ)/unmodelled.o $(OBJ)/wdf_table.o
CLI_OBJ := $(CLI_SRC:%.c=$(OBJ)/%.o)
# What the HTML report brings along, as C strings.
EMBEDDED := reports/html/report.css reports/html/report.js
LIB     := $(BUILD)/libdmacheck.a
DDKCC   := $(BUILD)/ddkcc
DRIVERS := $(SAMPLES:%=$(BUILD)/drivers/samples/%.so) \
           $(TWINS:%=$(BUILD)/drivers/twins/%.bug0.so) $(TWINS:%=$(BUILD)/drivers/twins/%.bug1.so) \
           $(CASES:%=$(BUILD)/drivers/cases/%.bug0.so) $(CASES:%=$(BUILD)/drivers/cases/%.bug1.so)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help run check check-nightly bench check-abi check-win check-unit check-tree check-accel check-ddkcc \
        check-drivers check-rules check-patched check-cases check-inplace check-plan check-traces check-replay check-fault check-recorder check-calls check-cli check-query check-reports check-docs check-san check-fuzz check-lint coverage fuzz debug man clean format \
        drivers FORCE

## Everything: build/dmacheck, the libraries, the compiler of drivers, the drivers
all: deps-run $(BUILD)/dmacheck $(DDKCC) drivers compile_commands.json
ifeq ($(BUILD),$(DEFAULT))
all: build/dmacheck
build/dmacheck: $(BUILD)/dmacheck
	@ln -sf $(CONFIG)/dmacheck $@
	@ln -sf $(CONFIG)/ddkcc build/ddkcc
endif

## This list
help:
	@awk '/^## /{text=substr($$0,4);next} /^[a-z][a-z-]*:/{if(text){split($$0,a,":");printf "  make %-14s %s\n",a[1],text}} {text=""}' Makefile
	@echo "  variables: V=1 (commands)  SAN=address,undefined  CC=clang-14  SEEDS=20"

# --- packages: tools/bootstrap.sh installs what is missing, or prints one line and exits 2 ---
.PHONY: deps-run deps-check deps-coverage
deps-run:
	@sh tools/bootstrap.sh run
deps-check:
	@sh tools/bootstrap.sh check
deps-coverage:
	@sh tools/bootstrap.sh coverage

## The main job: every sample driver on every profile, a verdict, the traces
run: all
	@sh tools/run.sh $(BUILD)

## All tests, with a table of their times (20 seeds)
check: deps-check
	@$(MAKE) --no-print-directory all
	@sh tools/check.sh $(BUILD) $(SEEDS)

## The long form: 1,000 seeds, clang-tidy and cppcheck
check-nightly: deps-check
	@$(MAKE) --no-print-directory all
	@sh tools/check.sh $(BUILD) 1000 lint

# --- our own code ---
$(OBJ)/sim/nt/%.o: sim/nt/%.c | deps-run
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) $(NTFLAGS) -MMD -MP -c $< -o $@
$(OBJ)/sim/wdf/%.o: sim/wdf/%.c | deps-run
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) $(NTFLAGS) -MMD -MP -c $< -o $@
$(OBJ)/machine/%.o: machine/%.c | deps-run
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) $(NTFLAGS) -MMD -MP -c $< -o $@
$(OBJ)/sim/core/sim.o: CFLAGS += $(NTFLAGS)
$(OBJ)/sim/core/door.o: CFLAGS += $(if $(SAN),,-DDOOR_WITHOUT_ASAN)
$(OBJ)/sim/core/door.o $(OBJ)/sim/core/seh.o $(OBJ)/sim/core/image.o: CFLAGS += $(if $(SAN),$(NOSAN))
# Nobody unwinds through these: none lies between a driver and the facade that it calls, and none touches
# memory that a driver named, so a fault of the driver's is never met in them (machine/survive.c).
HOT := verifier/% verifier/track/% verifier/rules/% trace/emit trace/ring trace/site \
       sim/core/objmap sim/core/adapter sim/core/call sim/core/mem sim/core/sched
ifeq ($(SAN),)
$(HOT:%=$(OBJ)/%.o): CFLAGS += -fomit-frame-pointer
$(OBJ)/verifier/track/%.o: CFLAGS += -fno-tree-slp-vectorize
endif
$(OBJ)/%.o: %.c | deps-run
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c $< -o $@
$(OBJ)/%.o: $(OBJ)/%.c | deps-run
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -c $< -o $@

$(OBJ)/index.c: tools/index.sh FORCE | deps-run
	@mkdir -p $(@D)
	@new=$@.$$$$; sh tools/index.sh > $$new; cmp -s $$new $@ || mv $$new $@; rm -f $$new
$(OBJ)/embedded.c: tools/embed.sh $(EMBEDDED)
	@mkdir -p $(@D)
	@sh tools/embed.sh html_style reports/html/report.css html_script reports/html/report.js > $@
$(OBJ)/unmodelled.c: tools/unmodelled.sh trace/unmodelled.def $(LIB_SRC:%.c=$(OBJ)/%.o)
	@sh tools/unmodelled.sh trace/unmodelled.def $(filter %.o,$^) > $@.new
	@cmp -s $@.new $@ && rm -f $@.new || mv $@.new $@
$(OBJ)/wdf_table.c: tools/wdf_table.sh $(wildcard include/ddk/wdf*.h) $(LIB_SRC:%.c=$(OBJ)/%.o)
	@sh tools/wdf_table.sh $(filter %.o,$^) > $@.new
	@cmp -s $@.new $@ && rm -f $@.new || mv $@.new $@
$(OBJ)/wdf_table.o: CFLAGS += $(NTFLAGS) -Wno-cast-function-type
$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(Q)ar rcs $@ $^
$(BUILD)/dmacheck: $(CLI_OBJ) $(LIB)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(CLI_OBJ) -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive $(LDLIBS)
$(DDKCC): $(DDKCC_SRC:%.c=$(OBJ)/%.o)
	$(Q)$(CC) -g $(SANFLAG) -o $@ $^

# --- drivers under test: ddkcc for the driver, the host's compiler for its scenarios ---
DDKFLAGS := $(if $(findstring address,$(SAN)),--asan) --root $(CURDIR) --ddk include/ddk
SCENARIO := $(CLANG) -std=gnu11 -O1 -g -gdwarf-4 -gdwarf-aranges -fPIC -fno-omit-frame-pointer -Iinclude -I. -Wall -Wextra -Werror \
            -ffile-prefix-map=$(CURDIR)/=
drivers: $(DRIVERS)
DDK_HEADERS := $(shell find include/ddk -name '*.h')
# What scenarios and cards of drivers include; the other headers there are for whoever runs them.
SCENARIO_HEADERS := $(patsubst %,include/dmacheck/%.h,device program scenario)
define sample_rule
$(BUILD)/drivers/samples/$(1).so: $(wildcard drivers-under-test/samples/$(1)/*) $(DDKCC) $(DDK_HEADERS) \
                                  $(SCENARIO_HEADERS) $(wildcard drivers-under-test/samples/*.h tests/accel/reference*)
	@mkdir -p $(BUILD)/drivers/samples
	$(Q)$(SCENARIO) -c drivers-under-test/samples/$(1)/scenarios.c -o $(BUILD)/drivers/samples/$(1).scenarios.o
	$(Q)$(DDKCC) $(DDKFLAGS) -o $$@ $(filter-out %/scenarios.c,$(wildcard drivers-under-test/samples/$(1)/*.c)) \
	    $(BUILD)/drivers/samples/$(1).scenarios.o
endef
$(foreach s,$(SAMPLES),$(eval $(call sample_rule,$(s))))
define twin_rule
$(BUILD)/drivers/twins/%.bug$(1).so: drivers-under-test/twins/%.c $(wildcard drivers-under-test/twins/*.h) $(DDKCC) \
                                     $(DDK_HEADERS) $(SCENARIO_HEADERS)
	@mkdir -p $$(@D)
	$(Q)$(SCENARIO) -DDMACHECK_SCENARIO -DBUG=$(1) -c $$< -o $$(@:.so=.scenarios.o)
	$(Q)$(DDKCC) $(DDKFLAGS) -DBUG=$(1) -o $$@ $$< $$(@:.so=.scenarios.o)
endef
$(foreach b,0 1,$(eval $(call twin_rule,$(b))))
# A case with all its faults (bug1) and with none; its driver.ini names them, each a macro FAULT_X.
define case_rule
$(BUILD)/drivers/cases/$(1).bug$(2).so: $(wildcard drivers-under-test/cases/$(1)/*) $(DDKCC) $(DDK_HEADERS) \
        $(wildcard drivers-under-test/cases/*.h drivers-under-test/samples/*/hardware.h) $(SCENARIO_HEADERS)
	@mkdir -p $(BUILD)/drivers/cases
	$(Q)$(SCENARIO) -Idrivers-under-test/cases -c drivers-under-test/cases/$(1)/scenarios.c -o $$(@:.so=.scenarios.o)
	$(Q)$(DDKCC) $(DDKFLAGS) -Idrivers-under-test/cases $(foreach f,$(FAULTS_$(1)),-DFAULT_$(f)=$(2)) -o $$@ drivers-under-test/cases/$(1)/driver.c \
	    $$(@:.so=.scenarios.o)
endef
$(foreach c,$(CASES),$(eval FAULTS_$(c) := $(shell sed -n "s/^faults *= *//p" drivers-under-test/cases/$(c)/driver.ini | tr a-z- A-Z_)))
$(foreach c,$(CASES),$(foreach b,0 1,$(eval $(call case_rule,$(c),$(b)))))

# Drivers that tests need and nobody else: tests/drivers/NAME.c, with their scenarios in the same file.
TEST_DRIVERS := $(patsubst tests/drivers/%.c,$(BUILD)/drivers/tests/%.so,$(wildcard tests/drivers/*.c))
$(BUILD)/drivers/tests/%.so: tests/drivers/%.c $(wildcard drivers-under-test/twins/*.h) $(DDKCC) $(DDK_HEADERS) \
                             $(SCENARIO_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(SCENARIO) -DDMACHECK_SCENARIO -c $< -o $(@:.so=.scenarios.o)
	$(Q)$(DDKCC) $(DDKFLAGS) -o $@ $< $(@:.so=.scenarios.o)

# Drivers with recorder/ in them, sources as they are: samples, and the twins of rules that calls alone decide.
RECORDED_TWINS := $(shell cat tests/recorder/decided.txt)
RECORDED := $(foreach s,xfer pkt accel pkt-ring,$(BUILD)/drivers/recorded/$(s).so) \
            $(foreach t,$(RECORDED_TWINS),$(BUILD)/drivers/recorded/twin/$(t).so)
RECORDER_SRC := recorder/dmarecord.c tests/recorder/entry.c
RECORDER_NEEDS := $(RECORDER_SRC) recorder/dmarecord.h tests/recorder/wrap.sh $(DDKCC) $(DDK_HEADERS) \
                  $(wildcard include/dmacheck/*.h)
define recorded_rule
$(BUILD)/drivers/recorded/$(1).so: $(BUILD)/drivers/samples/$(2).so $(RECORDER_NEEDS)
	@mkdir -p $$(@D)
	$(Q)$(DDKCC) $(DDKFLAGS) -I. -DDMA_RECORD_INTERPOSE -DRECORD_NAME='"$(2)"' $(3) -o $$@ $(RECORDER_SRC) \
	    $$$$(sh tests/recorder/wrap.sh $(BUILD)/recorded/$(1) $(filter-out %/scenarios.c,$(wildcard drivers-under-test/samples/$(2)/*.c))) \
	    $(BUILD)/drivers/samples/$(2).scenarios.o
endef
$(eval $(call recorded_rule,xfer,xfer,))
$(eval $(call recorded_rule,pkt,pkt,))
$(eval $(call recorded_rule,accel,accel,-DDMA_RECORD_WDF))
$(eval $(call recorded_rule,pkt-ring,pkt,-DRECORD_FLAGS=DMA_RECORD_RING -DDMA_RECORD_RING_LINES=64))
$(BUILD)/drivers/recorded/twin/%.so: $(BUILD)/drivers/twins/%.bug1.so $(RECORDER_NEEDS)
	@mkdir -p $(@D)
	$(Q)$(DDKCC) $(DDKFLAGS) -I. -DDMA_RECORD_INTERPOSE -DRECORD_NAME='"$*"' -DBUG=1 -o $@ $(RECORDER_SRC) \
	    $$(sh tests/recorder/wrap.sh $(BUILD)/recorded/twin/$* drivers-under-test/twins/$*.c) \
	    $(BUILD)/drivers/twins/$*.bug1.scenarios.o

# --- tests ---
$(BUILD)/tests/%: $(OBJ)/tests/%.o $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive -lcmocka $(LDLIBS)
$(BUILD)/tests/traces/again: $(OBJ)/tests/traces/judged.o
# The accelerator's second implementation, and programs for both.
ACCEL_TESTS := $(BUILD)/tests/accel/compare $(BUILD)/tests/accel/generate $(BUILD)/tests/accel/staged
$(ACCEL_TESTS): $(patsubst %,$(OBJ)/tests/accel/%.o,reference reference_float random)
$(OBJ)/tests/accel/staged.o: CFLAGS += $(NTFLAGS)
$(OBJ)/tests/unit/nt_%.o: CFLAGS += $(NTFLAGS)
$(OBJ)/tests/unit/wdf_%.o: CFLAGS += $(NTFLAGS)
$(OBJ)/tests/unit/core_%.o: CFLAGS += $(NTFLAGS)
$(OBJ)/tests/unit/machine%.o: CFLAGS += $(NTFLAGS)
$(OBJ)/tests/unit/recorder%.o: CFLAGS += $(NTFLAGS) -Wno-unknown-pragmas
.PHONY: units
units: $(UNITS:%=$(BUILD)/tests/unit/%) $(TEST_DRIVERS)

## Unit tests
check-unit: units $(DRIVERS)
	@sh tests/unit/run.sh $(BUILD) $(UNITS)
## The accelerator's model, and its driver's compiler, against the reference interpreter
check-accel: all $(ACCEL_TESTS)
	@sh tests/accel/run.sh $(BUILD)
## The driver compiler: each obstacle of real sources
check-ddkcc: $(DDKCC)
	@sh tests/ddkcc/run.sh $(DDKCC)
## Each rule's driver: BUG=1 fires that rule alone, BUG=0 fires none
check-rules: all
	@sh tests/drivers/twins.sh $(BUILD) $(TWINS)
## Faults patched into the samples: each is found by its rule
check-patched: all
	@sh tests/drivers/patched.sh $(BUILD)
## Field stories: docs/cases.md says which profile shows which; mended they are silent
check-cases: all
	@sh tests/drivers/cases.sh $(BUILD) $(CASES)
## The case accel-inplace fault by fault: what its page says each does on each machine
check-inplace: all
	@sh tests/drivers/inplace.sh $(BUILD)
## Samples silent on all profiles and seeds; same bytes twice; live = replayed
check-drivers: all
	@sh tests/drivers/samples.sh $(BUILD) $(SEEDS) $(SAMPLES)
## Each scenario recorded, and played from its trace without its code: the same events
check-plan: all $(BUILD)/tests/plan/plays
	@sh tests/plan/run.sh $(BUILD)
## Failing runs are shrunk, and written as tests that fail with the same finding until the driver is mended
check-replay: all $(BUILD)/tests/replay/random $(BUILD)/tests/replay/everything
	@sh tests/replay/run.sh $(BUILD) $(CASES)
## Each scenario on each machine: recorded, judged from the file as live, replayed event by event
check-traces: all $(BUILD)/tests/traces/again
	@sh tests/traces/schema.sh $(BUILD)
	@sh tests/traces/run.sh $(BUILD)
## Each resource request of each sample made to fail, one at a time
check-fault: all $(BUILD)/tests/fault/sweep
	@$(BUILD)/tests/fault/sweep $(BUILD)/drivers $(SAMPLES)
## recorder/: drivers recorded through it, imported and judged, as the machine itself judged them
check-recorder: all $(RECORDED) $(BUILD)/tests/recorder/record
	@sh tests/recorder/run.sh $(BUILD)
## replay --calls: recorded DMA calls and device accesses issued again, without the driver, on every machine
check-calls: all $(RECORDED) $(BUILD)/tests/recorder/record
	@sh tests/recorder/calls.sh $(BUILD)
## The command: exit codes and messages
check-cli: all
	@sh tests/cli/run.sh $(BUILD)
## Listing, searching and comparing recorded runs
check-query: all
	@sh tests/cli/trace.sh $(BUILD)
	@sh tests/cli/replay.sh $(BUILD)
	@sh tests/cli/broken.sh $(BUILD)
## Exploring: strategies on drivers, repro lines, each resource failed once
check-explore: all $(TEST_DRIVERS)
	@sh tests/explore/run.sh $(BUILD)
## What is said of findings: formats, suppressions, baselines
check-reports: all
	@sh tests/cli/reports.sh $(BUILD)
## The HTML report in a browser without a screen
check-html: all | deps-check
	@sh tests/html/run.sh $(BUILD)
## Every command that the README shows
check-docs: all
	@sh tests/docs/readme.sh
	@sh tests/docs/readme.sh docs/replaying.md
	@sh tests/docs/readme.sh docs/exploring.md
	@sh tests/docs/readme.sh docs/looking.md
	@sh tests/docs/readme.sh docs/tutorial-failing-transfer.md
	@sh tests/docs/readme.sh docs/shrinking.md
## The tree itself: includes, pairs, names, sizes
check-tree:
	@sh tests/tree/run.sh
## Structures, offsets and constants against mingw-w64's DDK headers
check-abi: | deps-check
	@sh tools/check-abi.sh
## The v1 sample driver as a Windows x64 .sys, plain and with the recorder in it
check-win: | deps-check
	@sh tools/check-win.sh
## ASan and UBSan: unit tests and drivers once more
check-san:
	@$(MAKE) --no-print-directory SAN=address,undefined all units
	@sh tests/drivers/san.sh build/$(notdir $(CLANG))-address-undefined
## Fuzz targets: a fixed number of runs each; every input that is kept, without a fuzzer too
check-fuzz: fuzz fuzz-replayed
	@sh tests/fuzz/smoke.sh build/fuzz $(BUILD)/fuzz $(FUZZERS)
## Lines that the tests reach, as an lcov report (build/gcc-coverage/coverage), against the goals
coverage: all $(TEST_DRIVERS) | deps-coverage
	@$(MAKE) --no-print-directory COV=1 CC=gcc $(UNITS:%=build/gcc-coverage/tests/unit/%) build/gcc-coverage/dmacheck
	@ln -sfn ../$(CONFIG)/drivers build/gcc-coverage/drivers
	@printf '%s\n' $(UNITS) | sh tools/coverage.sh build/gcc-coverage sim/core:90 sim/wdf:85
## clang-tidy and cppcheck over our own code
check-lint: compile_commands.json | deps-check
	@sh tools/lint.sh

# --- fuzzing: our library and the targets with clang's fuzzer and ASan ---
FUZZ_BASE := -std=gnu11 -g -gdwarf-4 -fno-omit-frame-pointer -fno-strict-aliasing -ffp-contract=off $(WARN) -DDMACHECK_FUZZING
FUZZ_FLAGS := $(FUZZ_BASE) -O1 -fsanitize=address,fuzzer-no-link
# Where a driver is fuzzed the simulator is not: its library there is not instrumented, and plays with ASan's
# run-time what the driver is told by it.
QUIET_FLAGS := $(FUZZ_BASE) -O2 -DDMACHECK_ASAN=1
build/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) $(CPPFLAGS) $(NTFLAGS) -MMD -MP -c $< -o $@
build/fuzz/sim/core/door.o build/fuzz/sim/core/seh.o build/fuzz/sim/core/image.o: FUZZ_FLAGS += $(NOSAN)
build/fuzz/%.o: build/fuzz/%.c
	$(Q)$(CLANG) $(FUZZ_FLAGS) $(CPPFLAGS) $(NTFLAGS) -c $< -o $@
build/fuzz/index.c: tools/index.sh FORCE
	@mkdir -p $(@D)
	@new=$@.$$$$; sh tools/index.sh > $$new; cmp -s $$new $@ || mv $$new $@; rm -f $$new
build/fuzz/unmodelled.c: tools/unmodelled.sh trace/unmodelled.def $(LIB_SRC:%.c=build/fuzz/quiet/%.o)
	@sh tools/unmodelled.sh trace/unmodelled.def $(filter %.o,$^) > $@
build/fuzz/wdf_table.c: tools/wdf_table.sh $(wildcard include/ddk/wdf*.h) $(LIB_SRC:%.c=build/fuzz/quiet/%.o)
	@sh tools/wdf_table.sh $(filter %.o,$^) > $@
build/fuzz/wdf_table.o: FUZZ_FLAGS += -Wno-cast-function-type
build/fuzz/quiet/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(QUIET_FLAGS) $(CPPFLAGS) $(NTFLAGS) -MMD -MP -c $< -o $@
$(HOT:%=build/fuzz/quiet/%.o): QUIET_FLAGS += -fomit-frame-pointer
build/fuzz/quiet/%.o: build/fuzz/%.c
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(QUIET_FLAGS) $(CPPFLAGS) $(NTFLAGS) -c $< -o $@
build/fuzz/quiet/wdf_table.o: QUIET_FLAGS += -Wno-cast-function-type
build/fuzz/embedded.c: $(OBJ)/embedded.c
	@mkdir -p $(@D)
	@cp $< $@
FUZZ_MADE := index embedded unmodelled wdf_table
build/fuzz/libdmacheck.a: $(LIB_SRC:%.c=build/fuzz/%.o) $(FUZZ_MADE:%=build/fuzz/%.o)
	@rm -f $@
	$(Q)ar rcs $@ $^
build/fuzz/libquiet.a: $(LIB_SRC:%.c=build/fuzz/quiet/%.o) $(FUZZ_MADE:%=build/fuzz/quiet/%.o)
	@rm -f $@
	$(Q)ar rcs $@ $^
build/fuzz/fuzz_%: build/fuzz/fuzz/fuzz_%.o build/fuzz/libdmacheck.a
	$(Q)$(CLANG) -fsanitize=address,fuzzer -rdynamic -g -o $@ $< -Wl,--whole-archive build/fuzz/libdmacheck.a \
	    -Wl,--no-whole-archive $(LDLIBS)
define fuzz_driven
build/fuzz/fuzz_%-$(1): build/fuzz/fuzz/fuzz_%-$(1).o build/fuzz/libquiet.a
	$(Q)$(CLANG) -fsanitize=address,fuzzer -rdynamic -g -o $$@ $$< -Wl,--whole-archive build/fuzz/libquiet.a \
	    -Wl,--no-whole-archive $(LDLIBS)
build/fuzz/fuzz/fuzz_%-$(1).o: fuzz/fuzz_%.c
	@mkdir -p $$(@D)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -DFUZZ_DRIVER='"$(1)"' $(CPPFLAGS) $(NTFLAGS) -MMD -MP -c $$< -o $$@
endef
$(foreach d,$(FUZZ_DRIVERS),$(eval $(call fuzz_driven,$(d))))
build/fuzz/fuzz_program: $(patsubst %,build/fuzz/quiet/tests/accel/%.o,reference reference_float)
$(FUZZ_ALONE:%=build/fuzz/fuzz_%): build/fuzz/fuzz_%: build/fuzz/fuzz/fuzz_%.o build/fuzz/libquiet.a
	$(Q)$(CLANG) -fsanitize=address,fuzzer -rdynamic -g -o $@ $(filter %.o,$^) -Wl,--whole-archive build/fuzz/libquiet.a \
	    -Wl,--no-whole-archive $(LDLIBS)
build/fuzz/drivers/canary.so: tests/drivers/canary.c $(BUILD)/drivers/tests/canary.so
	@mkdir -p $(@D)
	$(Q)$(DDKCC) --asan --fuzz --root $(CURDIR) --ddk include/ddk -o $@ $< $(BUILD)/drivers/tests/canary.scenarios.o
build/fuzz/drivers/%.so: $(BUILD)/drivers/samples/%.so
	@mkdir -p $(@D)
	$(Q)$(DDKCC) --asan --fuzz --root $(CURDIR) --ddk include/ddk -o $@ \
	    $(filter-out %/scenarios.c,$(wildcard drivers-under-test/samples/$*/*.c)) $(BUILD)/drivers/samples/$*.scenarios.o
build/fuzz/drivers/%.surface: fuzz/surface/%.surface
	@mkdir -p $(@D)
	@cp $< $@
ifeq ($(DRIVER),)
## Builds the fuzz targets (build/fuzz/fuzz_*); TIME=600 TARGET=ioctl: runs them; DRIVER=FOLDER: for your own driver
fuzz: $(FUZZERS:%=build/fuzz/%) $(foreach d,$(FUZZ_DRIVERS) canary,build/fuzz/drivers/$(d).so build/fuzz/drivers/$(d).surface)
	$(if $(TIME),@sh tools/fuzz-run.sh build/fuzz $(TIME) $(filter-out fuzz_canary,$(filter $(if $(TARGET),fuzz_$(TARGET) fuzz_$(TARGET)-%,%),$(FUZZERS))))
else
OWN := $(basename $(notdir $(patsubst %/,%,$(DRIVER))))
fuzz: all build/fuzz/libquiet.a
	@sh tools/fuzz-own.sh $(BUILD) build/fuzz/own/$(OWN) $(OWN) $(DRIVER) $(SURFACE)
	$(Q)for t in ioctl device; do \
	    $(CLANG) $(FUZZ_FLAGS) -DFUZZ_DRIVER='"$(OWN)"' -DFUZZ_SHOWN='"$(DRIVER) --surface build/fuzz/own/$(OWN)/drivers/$(OWN).surface"' \
	        $(CPPFLAGS) $(NTFLAGS) -c fuzz/fuzz_$$t.c -o build/fuzz/own/$(OWN)/fuzz_$$t.o && \
	    $(CLANG) -fsanitize=address,fuzzer -rdynamic -g -o build/fuzz/own/$(OWN)/fuzz_$$t build/fuzz/own/$(OWN)/fuzz_$$t.o \
	        -Wl,--whole-archive build/fuzz/libquiet.a -Wl,--no-whole-archive $(LDLIBS) || exit 1; done
	@echo "build/fuzz/own/$(OWN): fuzz_ioctl and fuzz_device; begin with: build/fuzz/own/$(OWN)/fuzz_ioctl corpus build/fuzz/own/$(OWN)/seeds"
endif

# The same targets without a fuzzer, with whatever compiler: they replay files (fuzz/standalone_main.c).
$(OBJ)/fuzz/%.o: CFLAGS += $(NTFLAGS) -DFUZZ_STANDALONE -Wno-unused-function
define fuzz_replayed
$(OBJ)/fuzz/fuzz_%-$(1).o: fuzz/fuzz_%.c | deps-run
	@mkdir -p $$(@D)
	$(Q)$(CC) $$(CFLAGS) -DFUZZ_DRIVER='"$(1)"' $(CPPFLAGS) -MMD -MP -c $$< -o $$@
endef
$(foreach d,$(FUZZ_DRIVERS),$(eval $(call fuzz_replayed,$(d))))
$(BUILD)/fuzz/fuzz_program: $(patsubst %,$(OBJ)/tests/accel/%.o,reference reference_float)
$(BUILD)/fuzz/fuzz_%: $(OBJ)/fuzz/fuzz_%.o $(OBJ)/fuzz/standalone_main.o $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive $(LDLIBS)
$(BUILD)/fuzz/drivers/%.so: $(BUILD)/drivers/samples/%.so
	@mkdir -p $(@D)
	@cp $< $@
$(BUILD)/fuzz/drivers/canary.so: $(BUILD)/drivers/tests/canary.so
	@mkdir -p $(@D)
	@cp $< $@
$(BUILD)/fuzz/drivers/%.surface: fuzz/surface/%.surface
	@mkdir -p $(@D)
	@cp $< $@
.PHONY: fuzz-replayed
fuzz-replayed: $(FUZZERS:%=$(BUILD)/fuzz/%) $(foreach d,$(FUZZ_DRIVERS) canary,$(BUILD)/fuzz/drivers/$(d).so $(BUILD)/fuzz/drivers/$(d).surface)

# --- speed ---
$(BUILD)/bench/%: $(OBJ)/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive $(LDLIBS)
$(BUILD)/bench/driver.so: $(wildcard bench/driver/*) $(DDKCC) $(DDK_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(SCENARIO) -Ibench/driver -c bench/driver/scenarios.c -o $(@:.so=.scenarios.o)
	$(Q)$(DDKCC) $(DDKFLAGS) -o $@ bench/driver/bench.c bench/driver/card.c $(@:.so=.scenarios.o)
$(BUILD)/bench/accel.so: bench/accel/scenarios.c $(wildcard drivers-under-test/samples/accel/*) $(DDKCC) $(DDK_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(SCENARIO) -Idrivers-under-test/samples/accel -c bench/accel/scenarios.c -o $(@:.so=.scenarios.o)
	$(Q)$(DDKCC) $(DDKFLAGS) -o $@ $(filter-out %/scenarios.c,$(wildcard drivers-under-test/samples/accel/*.c)) $(@:.so=.scenarios.o)
## The table of budgets: instructions counted, times as ratios
bench: deps-check all $(BENCHES:%=$(BUILD)/bench/%) $(BUILD)/bench/driver.so $(BUILD)/bench/accel.so
	@sh bench/run.sh $(BUILD)

## A recorded run in gdb, stopped at an event: make debug TRACE=FILE EVENT=N
debug: all
	@[ -n "$(TRACE)" ] && [ -n "$(EVENT)" ] || { echo "make debug: TRACE=FILE and EVENT=N say which run and where"; exit 2; }
	@command -v gdb > /dev/null || { echo "make debug: gdb is not installed"; exit 2; }
	@gdb -q $(GDBFLAGS) -ex 'break dm_break_here' -ex run -ex bt --args $(BUILD)/dmacheck replay $(TRACE) --break $(EVENT)

## The manual page, build/dmacheck.1 (needs scdoc)
man: build/dmacheck.1
build/dmacheck.1: docs/dmacheck.1.scd
	@command -v scdoc >/dev/null || { echo "make man needs scdoc; type: sudo apt-get install -y scdoc" >&2; exit 2; }
	@mkdir -p $(@D)
	@scdoc < $< > $@.new && mv $@.new $@
	@echo "$@: read it with man -l $@"

## Formats our sources in place
format:
	@git ls-files -co --exclude-standard '*.c' '*.h' | grep -v '^include/ddk/' | xargs clang-format-14 -i

compile_commands.json: Makefile $(LIB_SRC) $(CLI_SRC) $(DDKCC_SRC) | deps-run
	@sh tools/compile-commands.sh "$(CC)" "$(filter-out -mmemset-strategy%,$(CFLAGS)) $(CPPFLAGS)" "$(NTFLAGS)" $(LIB_SRC) $(CLI_SRC) $(DDKCC_SRC) > $@.new && mv $@.new $@

## Removes build/
clean:
	rm -rf build compile_commands.json

-include $(shell find build -name '*.d' 2>/dev/null)
