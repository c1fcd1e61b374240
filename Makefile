# `make` or `make help` lists the targets. Each makes .venv first when it is missing or older than what it is made from.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
ARGS ?= --demo
T ?= tests
# A file each to as many processes as there are processors. One file alone is quicker in the process that is there.
WORKERS = $(if $(findstring .py,$(T)),0,logical --maxprocesses 4)
SPREAD = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
QML := $(shell find resources/qml -name '*.qml' 2>/dev/null)
OFFSCREEN := QT_QPA_PLATFORM=offscreen

# The tests start the command hundreds of times; each time would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

# pyright is bundled in its wheel; without this it would ask the network for a newer one.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: help run test check lint types imports qml fix pins e2e bench screenshots new-provider test-provider freeze deb rpm tarball appimage \
	clean qt test-tools package-tools

help: ## list these targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.ready qt ## start the tray app on demo data; ARGS= with nothing uses your own profile
	@$(BIN)/codexbar-qt $(ARGS)

test: .venv/.ready qt test-tools ## run every test, on all processors; T=tests/unit narrows it
	@$(OFFSCREEN) $(BIN)/python -m pytest $(SPREAD) $(T)

check: lint types imports qml ## lint, scripts, workflows, types, import contracts, QML: all must be clean

lint: .venv/.ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@git ls-files -z '*.sh' .ci/run | xargs -0 $(BIN)/shellcheck --external-sources --source-path=SCRIPTDIR
	@$(BIN)/zizmor --offline --quiet .github

types: .venv/.ready
	@$(BIN)/mypy
	@$(BIN)/pyright

imports: .venv/.ready
	@$(BIN)/lint-imports --no-logo

qml: .venv/.ready qt
	@$(OFFSCREEN) $(BIN)/pyside6-qmllint -W 0 -I resources/qml $(QML)

fix: .venv/.ready ## format, and apply the lint fixes that are safe
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

pins: .venv/.ready ## compile requirements/*.txt from pyproject.toml again
	@$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-header --python-version 3.11 --upgrade \
		pyproject.toml -o requirements/runtime.txt
	@$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-header --python-version 3.11 --upgrade \
		--group dev pyproject.toml -o requirements/dev.txt
	@$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-header --python-version 3.11 --upgrade \
		--group freeze -c requirements/runtime.txt pyproject.toml -o requirements/freeze.txt
	@$(BIN)/uv pip compile --quiet --universal --no-emit-index-url --no-header --python-version 3.11 --upgrade \
		--group ci -c requirements/dev.txt -o requirements/ci.txt

e2e: .venv/.ready qt test-tools ## only the tests that start processes
	@$(OFFSCREEN) $(BIN)/python -m pytest tests/e2e

bench: .venv/.ready qt ## print the budgets as ratios; ARGS='--only cost' narrows it
	@$(BIN)/python tests/bench/run.py $(filter-out --demo,$(ARGS))

screenshots: .venv/.ready qt ## render every surface to build/screenshots
	@$(BIN)/codexbar-qt --demo --screenshot build/screenshots

new-provider: .venv/.ready ## write a provider, its cases and its icon from templates; needs ID=name
	@$(BIN)/python packaging/scaffold/new_provider.py "$(ID)"

test-provider: .venv/.ready ## run the cases and the contract of one provider; needs ID=name
	@test -n "$(ID)" || { echo "Name the provider. Run: make test-provider ID=openrouter" >&2; exit 2; }
	@$(OFFSCREEN) $(BIN)/python -m pytest tests/providers -k "$(ID)"

freeze: .venv/.ready package-tools ## make the frozen app, tray app and command line in one folder: dist/codexbar-qt
	@$(BIN)/python packaging/freeze/freeze.py

deb: .venv/.ready package-tools ## make a Debian package of the frozen app
	@$(BIN)/python packaging/linux/build_deb.py

rpm: .venv/.ready package-tools ## make an RPM package of the frozen app
	@$(BIN)/python packaging/linux/build_rpm.py

tarball: .venv/.ready package-tools ## make an archive of the frozen app, to be unpacked below any prefix
	@$(BIN)/python packaging/linux/build_tarball.py

appimage: .venv/.ready package-tools ## make an AppImage of the frozen app; needs appimagetool on the PATH
	@$(BIN)/python packaging/linux/build_appimage.py

clean: ## remove .venv, build results and caches
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: requirements/dev.txt pyproject.toml packaging/venv.sh
	@PYTHON="$(PYTHON)" sh packaging/venv.sh

# What is missing is said once by the script; the app and the tests then say what they cannot do.
qt:
	@sh packaging/linux/qt-libs.sh || true

test-tools:
	@sh packaging/linux/test-tools.sh || true

package-tools:
	@sh packaging/linux/package-tools.sh || true
