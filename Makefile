# `make` lists the targets. All they write lies in this folder (.demo, .test, build, .venv and tools' caches)
# and, for Moodle's code, in ~/.cache/zohosync.
RUN := sh ops/uv.sh run --frozen --quiet

.DEFAULT_GOAL := help
.PHONY: help demo demo-zoho demo-grade test soak mutants lint bench plugins clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## set everything up below .demo/ and run the loop between Zoho's sandbox and Moodle (Ctrl-C stops it)
	@$(RUN) zohosync demo

demo-zoho: ## while the demo runs: change a student in Zoho, see it arrive in Moodle
	@$(RUN) zohosync demo change-student

demo-grade: ## while the demo runs: grade an assignment in Moodle, see it arrive in Zoho
	@$(RUN) zohosync demo grade

test: ## run every suite that this machine can run
	@$(RUN) python -m tests.run

soak: ## play simulated stories, each with other faults, for MINUTES (10) from seed FROM (1) on, JOBS (1) side by side; stops at the first bad end
	@$(RUN) python -m tests.simulation --seeds $(or $(FROM),1) --minutes $(or $(MINUTES),10) --jobs $(or $(JOBS),1)

mutants: ## break the core on purpose, one small change at a time, and count what the tests notice: MODULES (grading inbox engine), SAMPLE of each (0: all), SEED, JOBS at once, MINUTES for each; build/mutants.json
	@$(RUN) python -m ops.mutants $(MODULES) --sample $(or $(SAMPLE),0) $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS)) $(if $(MINUTES),--minutes $(MINUTES))

lint: ## style, formatting, direction of imports, types
	@$(RUN) python -m tests.run lint types

plugins: ## make a ZIP of each Moodle plugin below build/plugins/
	@$(RUN) python -m ops.plugins

bench: ## measure initial, unchanged and large syncs, latencies, a backlog, saving a grade, pages, acknowledging (an hour); table, and build/bench.json
	@$(RUN) python -m ops.bench --large

clean: ## remove everything that the other targets made in this folder
	@sh ops/clean.sh
