EXTENSION  = fairdraw
EXTVERSION = $(shell sed -n "s/^default_version[[:space:]]*=[[:space:]]*'\(.*\)'/\1/p" $(TOP)$(EXTENSION).control)

# These goals bring their own server, and whatever else is missing, so that
# they have to work where there is no PostgreSQL yet.
.DEFAULT_GOAL = all
HARNESS = test demo bench indent indent-check
.PHONY: $(HARNESS)

test:
	@test/run
demo:
	@test/with-server test/demo/demo.sh
bench:
	@test/with-server --bench test/bench/run
indent:
	@test/indent
indent-check:
	@test/indent --check

ifneq ($(filter-out $(HARNESS),$(or $(MAKECMDGOALS),all)),)

# prefix for globbing before PGXS defines srcdir (VPATH builds)
TOP := $(if $(VPATH),$(VPATH)/)
glob = $(sort $(patsubst $(TOP)%,%,$(wildcard $(TOP)$(1))))

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
ifeq ($(wildcard $(PGXS)),)
$(error "$(PG_CONFIG)" leads to no PGXS: install postgresql-server-dev-NN or set PG_CONFIG)
endif

MODULE_big  = $(EXTENSION)
OBJS        = $(patsubst %.c,%.o,$(call glob,src/*.c))
# no fused multiply-add where the source has none: the same bits everywhere
PG_CPPFLAGS = -DFAIRDRAW_VERSION='"$(EXTVERSION)"' -I$(srcdir)/src -ffp-contract=off
SHLIB_LINK  = -lcrypto -lm

INSTALL_SQL = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA        = $(filter-out $(INSTALL_SQL),$(call glob,sql/$(EXTENSION)--*.sql))
DATA_built  = $(INSTALL_SQL)
DOCS        = $(call glob,README*.md) $(call glob,doc/*.md)
SCRIPTS     = verify/$(EXTENSION)-verify

# every test finds the extension in a UTF8 database, whatever the server's
# locale is, and needs no other test before it
DATABASE       = --load-extension=$(EXTENSION) --encoding=UTF8 --no-locale
REGRESS        = $(patsubst test/sql/%.sql,%,$(call glob,test/sql/*.sql))
REGRESS_OPTS   = --inputdir=$(srcdir)/test $(DATABASE)
ISOLATION      = $(patsubst test/specs/%.spec,%,$(call glob,test/specs/*.spec))
ISOLATION_OPTS = --inputdir=$(srcdir)/test --outputdir=. $(DATABASE)

# TAP tests need IPC::Run; without it installcheck runs the other two suites
ifeq ($(shell perl -MIPC::Run -e 'print 1' 2>/dev/null),1)
TAP_TESTS    = 1
endif
PROVE_TESTS ?= test/t/*.pl
# TAP tests start their own clusters; let them find a staged (DESTDIR) install
export EXTENSION_DESTDIR ?= $(DESTDIR)
export PG_CONFIG

ifdef VPATH
REGRESS_PREP = vpath-expected          # pg_regress looks for ./expected
endif

include $(PGXS)

PROVE_FLAGS += -I test/perl

# a change of a header makes everything anew
$(OBJS): $(call glob,src/*.h) $(EXTENSION).control

# servers in any encoding have to be able to read the script
$(INSTALL_SQL): sql/$(EXTENSION)/ascii.pl $(call glob,sql/$(EXTENSION)/*.sql) $(EXTENSION).control
	@$(MKDIR_P) $(@D)
	perl $< $(filter %.sql,$^) > $@
.DELETE_ON_ERROR:

ifdef VPATH
# a phony target, since "src" itself would be found through VPATH
$(OBJS) $(OBJS:.o=.bc): | vpath-dirs
.PHONY: vpath-dirs vpath-expected
vpath-dirs:
	@$(MKDIR_P) src sql
vpath-expected:
	ln -sfn $(abspath $(srcdir))/expected expected
endif

endif
