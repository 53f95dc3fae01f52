# One build configuration everywhere: release, since numeric loops are 50 to 100 times slower in debug.
SWIFT_BUILD = swift build -c release
SWIFT_TEST = swift test -c release --disable-testable-imports
RADIOMICS = .build/release/radiomics

.PHONY: help demo test fuzz build lint format dependencies reference-data install bench instructions nightly

help:
	@echo "make demo            installs what is missing, builds, runs the main job on an embedded study"
	@echo "make test            installs what is missing, runs all tests"
	@echo "make fuzz            mutates image files and recipes for about a minute (DICOM more: Scripts/fuzz-dicom)"
	@echo "make build           the program: $(RADIOMICS)"
	@echo "make install         copies the program to PREFIX/bin (default /usr/local)"
	@echo "make lint            checks the format of all sources; 'make format' corrects it"
	@echo "make bench           compares speed with a plain C bound and peers; BENCH='--data … --peer-python …'"
	@echo "make instructions    compares instruction counts with those recorded (valgrind)"
	@echo "make nightly         what is too long for every change"
	@echo "make reference-data  downloads IBSI's public CT phantom for 'radiomics verify --data reference-data'; with R,"
	@echo "                     makes golden cases of statistics that may not be copied (aSAH, Penicillin)"

demo: build
	$(RADIOMICS) demo

test: dependencies
	$(SWIFT_TEST)

fuzz: dependencies
	RADIOMICS_FUZZ=12 $(SWIFT_TEST) --filter survivesAnyChange

build: dependencies
	$(SWIFT_BUILD) --product radiomics
	$(SWIFT_BUILD) --product radiomics-dicom

install: build
	install -D -m 755 $(RADIOMICS) $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/radiomics
	install -D -m 755 .build/release/libradiomics-dicom.so $(DESTDIR)$(or $(PREFIX),/usr/local)/lib/radiomics/libradiomics-dicom.so
	install -m 644 /usr/share/libdcmtk*/dicom.dic $(DESTDIR)$(or $(PREFIX),/usr/local)/lib/radiomics/dicom.dic

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

dependencies:
	@MAKECMDGOALS="$(MAKECMDGOALS)" Scripts/dependencies

reference-data:
	Scripts/reference-data reference-data

bench: dependencies
	$(SWIFT_BUILD) --product radiomics
	$(SWIFT_BUILD) --product radiomics-benchmark
	Benchmarks/run.py $(BENCH)

instructions: dependencies
	$(SWIFT_BUILD) --product radiomics-benchmark
	Benchmarks/instructions

nightly: dependencies
	Scripts/nightly
