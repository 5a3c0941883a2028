# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
#
# Everything a fresh Debian or Ubuntu machine with Swift 6.3 needs is installed by the targets that need it.

SWIFT ?= swift
# A test that ends by a trap on purpose, or by a bug, must not start the crash reporter.
export SWIFT_BACKTRACE = enable=no
DEBIAN = DEBIAN_FRONTEND=noninteractive
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)
CHECK_IMPORTS = --explicit-target-dependency-import-check error
# One set of traits for all commands: another one would build everything anew.
TRAITS = --traits Runtime,Images,Registry

# What the libraries link, what the demo runs, what the tests compare with, what drives skiff-oci, what the benchmarks race against.
LIBRARIES = libarchive-dev zlib1g-dev libisal-dev binutils
DEMO_PACKAGES = $(LIBRARIES) busybox-static
PEERS = skopeo umoci buildah runc docker-registry apache2-utils openssl debootstrap libarchive-tools tar zstd libseccomp-dev gcc libc6-dev strace uidmap
VALIDATION = runc git golang-go python3-venv
CLIENTS = podman conmon buildah containerd catatonit busybox-static bsdutils
RACERS = runc crun bubblewrap umoci skopeo docker-registry libarchive-tools tar zstd gcc libc6-dev python3

# Programs of one page each, that show what the libraries are for.
EXAMPLES = code-grader build-sandbox service-supervisor small-bubblewrap layout-inspector database-test

.PHONY: help install demo test test-unit test-guest test-clients test-validation check lint security-report fuzz churn bin bench bench-compare docs clean install-demo install-tests install-clients install-validation install-bench

help:
	@echo "make demo   install what is needed, build, and run containers from an embedded image"
	@echo "make test   install what is needed and pass the whole suite"
	@echo "make bin    release builds: bin/skiff, bin/skiff-oci, bin/skiff-demo"
	@echo "make install PREFIX=/usr/local   the programs, completions, manual pages"
	@echo "make security-report   which rows of the security catalogue the tests cover"
	@echo "make fuzz TIME=60   each fuzz target for so many seconds"
	@echo "make churn  thousands of containers, programs and pulls, five minutes of calls against a model: nothing is left"
	@echo "make check  format lint, build, unit tests"
	@echo "make bench  spawn and unpack beside runc, crun, bwrap, umoci, bsdtar; BENCH='--quick --only spawn' for a part"
	@echo "make bench-compare OLD=raw.json NEW=raw.json    what changed between two runs beyond noise"
	@echo "make test-clients   podman, buildah and containerd with bin/skiff-oci as their runtime"
	@echo "make test-validation   the OCI validation programs with runc and bin/skiff-oci"
	@echo "make docs   the libraries' documentation, in .build/documentation"
	@echo "also: test-guest (cgroup v2 and systemd in QEMU), clean"

# apt-get is asked only for what is missing, so that a second run needs no network.
define install
	@missing=""; for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "installing:$$missing"; $(SUDO) apt-get update -qq && $(SUDO) env $(DEBIAN) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
endef

install-demo:
	$(call install,$(DEMO_PACKAGES))

install-tests:
	$(call install,$(DEMO_PACKAGES) $(PEERS))

install-clients:
	$(call install,$(CLIENTS))

install-validation:
	$(call install,$(VALIDATION))

install-bench:
	$(call install,$(DEMO_PACKAGES) $(RACERS))

bin: install-demo
	$(SWIFT) build --package-path Examples -c release --product skiff-oci --static-swift-stdlib -Xswiftc -static-executable -Xlinker -s --scratch-path Examples/.build-static
	$(SWIFT) build --package-path Examples -c release --static-swift-stdlib -Xlinker -s
	@mkdir -p bin/examples
	@commit=$$(mktemp); { git rev-parse HEAD 2>/dev/null || echo unknown; } | tr -d '\n' | dd of=$$commit bs=64 conv=sync 2>/dev/null; \
	objcopy --update-section .skiff.commit=$$commit Examples/.build-static/release/skiff-oci bin/skiff-oci; status=$$?; rm -f $$commit; exit $$status
	@cp Examples/.build/release/skiff Examples/.build/release/skiff-demo bin
	@cd Examples/.build/release && cp $(EXAMPLES) $(CURDIR)/bin/examples
	@ls -l bin bin/examples

# The two programs, completions for three shells, and manual pages.
PREFIX ?= /usr/local
install: bin
	install -D -t $(DESTDIR)$(PREFIX)/bin bin/skiff bin/skiff-oci
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,bash-completion/completions zsh/site-functions fish/vendor_completions.d man/man1)
	bin/skiff completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/skiff
	bin/skiff completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_skiff
	bin/skiff completion fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/skiff.fish
	bin/skiff manual $(DESTDIR)$(PREFIX)/share/man/man1

demo: install-demo
	$(SWIFT) build --package-path Examples -c release --product skiff-demo --static-swift-stdlib -Xlinker -s
	@$(SUDO) Examples/.build/release/skiff-demo

# Everything, as root: kernel tests, peers, consumers, the programs. A test that this machine can run must run.
test: install-tests bin
	$(SWIFT) build --build-tests $(TRAITS) $(CHECK_IMPORTS)
	@Tests/Security/report
	@Tests/Documentation/run
	$(SUDO) env PATH="$$PATH" SWIFT_BACKTRACE="$$SWIFT_BACKTRACE" SKIFF_TESTS_MUST_RUN="$${SKIFF_TESTS_MUST_RUN-root,overlay,busybox,tar,bsdtar,umoci,skopeo,buildah,runc,registry,debootstrap,uidmap,compiler,swift,programs}" $(SWIFT) test $(TRAITS) --skip-build

test-unit: install-demo
	SKIFF_TESTS_MUST_RUN= $(SWIFT) test $(TRAITS) --skip "ProgramTests|ConsumerTests"

test-guest: install-tests
	$(call install,systemd util-linux secilc apparmor)
	$(SWIFT) build --build-tests $(TRAITS)
	Tests/Guest/run

test-clients: install-clients $(if $(SKIFF_BIN),,bin)
	$(SUDO) env SKIFF_BIN="$${SKIFF_BIN:-bin}" Tests/Clients/run

# The OCI validation programs with runc and skiff-oci; SKIFF_RUNTIME_TOOLS names a checkout of runtime-tools, else it is cloned.
test-validation: install-validation $(if $(SKIFF_BIN),,bin)
	$(SUDO) env PATH="$$PATH" SKIFF_BIN="$${SKIFF_BIN:-bin}" Tests/Validation/run

# Each fuzz target for TIME seconds, all side by side; an input that ends the process is left in .build/fuzz.
TIME ?= 60
fuzz: install-demo
	$(SWIFT) build --build-tests $(TRAITS)
	@mkdir -p .build/fuzz
	$(SUDO) env PATH="$$PATH" SWIFT_BACKTRACE="$$SWIFT_BACKTRACE" SKIFF_FUZZ_SECONDS=$(TIME) SKIFF_FUZZ_INPUTS="$(CURDIR)/.build/fuzz" $(SWIFT) test $(TRAITS) --skip-build --filter FuzzTests

# Thousands of containers, of programs in them, of pulls: one test after the other, on a machine that does nothing else.
churn: install-tests
	$(SWIFT) build --build-tests $(TRAITS)
	@: > .build/churn
	$(SUDO) env PATH="$$PATH" SWIFT_BACKTRACE="$$SWIFT_BACKTRACE" SKIFF_CHURN="$(CURDIR)/.build/churn" SKIFF_TESTS_MUST_RUN=root,overlay,busybox,registry $(SWIFT) test $(TRAITS) --skip-build --no-parallel --filter "ChurnTests|FireTests"
	@cat .build/churn

# What the tests cover of the catalogue of published faults and hostile inputs, read off their sources.
security-report:
	@Tests/Security/report

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Plugins Examples/Package.swift Examples/Sources Examples/Plugins Benchmarks/Package.swift Benchmarks/Sources
	Tests/Lint/run

check: install-demo lint test-unit

bench: install-bench bin
	Benchmarks/run $(BENCH)

bench-compare:
	Benchmarks/compare $(OLD) $(NEW)

# In .build/documentation; a link to nothing is a failure.
docs: install-demo
	$(SWIFT) build --build-tests $(TRAITS)
	Tests/Documentation/run

clean:
	rm -rf .build .build-* Examples/.build Examples/.build-static Benchmarks/.build bin
