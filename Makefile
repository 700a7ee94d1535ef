# Every target says what it does in `make help`.
DEMO ?= 1
FILTER ?= *

.DEFAULT_GOAL := help
.PHONY: help run demo-loop cluster cluster-stop build test bench bench-ingest bench-memory bench-growth bench-stream bench-fairness bench-scrape bench-cluster bench-spread
.PHONY: torture torture-cluster upgrade-cluster simulate format clean sdk
.PHONY: grafana grafana-build grafana-start grafana-stop grafana-ui dashboards-pictures
.PHONY: drift drift-start drift-stop drift-logs drift-check drift-metrics

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' Makefile

run: sdk ## serve on http://127.0.0.1:8080 with demo traffic; DEMO=0 without
	dotnet run --project src/Standalone -c Release -- serve $(if $(filter 1,$(DEMO)),--demo)

cluster: sdk ## PostgreSQL, three silos and a front on http://127.0.0.1:8080 with demo traffic; DEMO=0 without
	@for project in src/Silo src/Standalone benchmarks/Drift.Load; do dotnet build $$project -c Release -v quiet || exit 1; done
	@bash build/cluster.sh start

cluster-stop: ## end the cluster that make cluster started
	@bash build/cluster.sh stop

build: sdk ## build the standalone half in Release, warnings are errors
	dotnet build Orleans.Drift.Standalone.slnf -c Release

test: ## build and test what restores here; the last line is the count
	@bash build/test.sh

demo-loop: sdk ## a model drifts, is fine-tuned, its adapter is promoted and the next one rolled back; SILOS=3 on a cluster that loses a silo
	@for project in src/Standalone $(if $(SILOS),src/Silo benchmarks/Drift.Load); do dotnet build $$project -c Release -v quiet || exit 1; done
	@SILOS='$(or $(SILOS),1)' bash build/demo-loop.sh

bench: sdk ## run the benchmarks; FILTER='*Binning*' picks some, SAVE=file.md keeps the summary
	dotnet run -c Release --project benchmarks/Drift.Benchmarks -- --filter '$(FILTER)' $(if $(SAVE),--save '$(SAVE)')

bench-ingest: sdk ## ingest against an endpoint that only parses, about 10 minutes; SAVE=file.md keeps the result
	dotnet run -c Release --project benchmarks/Drift.Load -- bench-ingest $(if $(SAVE),--save '$(abspath $(SAVE))')

bench-memory: sdk ## what the host holds by rows and models, and its restart, about 25 minutes; SAVE=file.md keeps the result
	dotnet run -c Release --project benchmarks/Drift.Load -- bench-memory $(if $(SAVE),--save '$(abspath $(SAVE))')

bench-growth: sdk ## what a row costs by columns, batch size and models, about 10 minutes; SAVE=file.md keeps the result
	dotnet run -c Release --project benchmarks/Drift.Load -- bench-growth $(if $(SAVE),--save '$(abspath $(SAVE))')

bench-stream: sdk ## upload SIZE=10GB in one request, and what memory that takes; SAVE=file.md keeps the result
	dotnet run -c Release --project benchmarks/Drift.Load -- bench-stream --size '$(or $(SIZE),2GB)' $(if $(SAVE),--save '$(abspath $(SAVE))')

bench-fairness: sdk ## a quiet model beside a flood on another, about 2 minutes; SAVE=file.md keeps the result
	dotnet run -c Release --project benchmarks/Drift.Load -- fairness $(if $(SAVE),--save '$(abspath $(SAVE))')

torture: sdk ## kill, fill and mislead host and database under load, about 20 minutes; SAVE=file.md keeps the result, ARGS='--kills 5' makes it smaller
	dotnet run -c Release --project benchmarks/Drift.Load -- torture $(ARGS) $(if $(SAVE),--save '$(abspath $(SAVE))')

bench-cluster: sdk ## rows per CPU-second with 1, 2 and 3 silos against one process, about 10 minutes; SAVE=file.md keeps the result
	dotnet build src/Silo -c Release -v quiet
	dotnet run -c Release --project benchmarks/Drift.Load -- bench-cluster $(if $(SAVE),--save '$(abspath $(SAVE))')

bench-spread: sdk ## 10 000 models over three silos, and the restart of all of them, about 4 minutes; SAVE=file.md keeps the result
	dotnet build src/Silo -c Release -v quiet
	dotnet run -c Release --project benchmarks/Drift.Load -- bench-spread $(if $(SAVE),--save '$(abspath $(SAVE))')

torture-cluster: sdk ## kill, pause and cut off silos and PostgreSQL under load, about 7 minutes; SAVE=file.md keeps the result
	dotnet build src/Silo -c Release -v quiet
	dotnet run -c Release --project benchmarks/Drift.Load -- torture-cluster $(if $(SAVE),--save '$(abspath $(SAVE))')

upgrade-cluster: sdk ## a rolling upgrade from the commit FROM=HEAD~1 to what is here, under load; SAVE=file.md keeps the result
	@bash build/upgrade-cluster.sh '$(or $(FROM),HEAD~1)' $(if $(SAVE),--save '$(abspath $(SAVE))')

bench-scrape: sdk ## what a scrape of /metrics costs, up to 1000 models x 100 features
	dotnet run -c Release --project benchmarks/Drift.Benchmarks -- scrape

drift: drift-start ## the monitor in the background, the same as drift-start
drift-start: sdk ## start the monitor and, where installed, Prometheus and Alertmanager
	@bash deploy/local.sh start

drift-stop: ## stop what drift-start started
	@bash deploy/local.sh stop

drift-logs: ## follow the monitor's log
	@bash deploy/local.sh logs

drift-check: ## evaluate every model now
	@bash deploy/local.sh check

drift-metrics: ## the verdicts of the last 7 days
	@bash deploy/local.sh metrics

grafana: grafana-start ## Grafana with the dashboards, the same as grafana-start
grafana-start: ## start Grafana, Prometheus and Alertmanager with compose
	@bash deploy/local.sh grafana-start

grafana-stop: ## stop them
	@bash deploy/local.sh grafana-stop

grafana-ui: ## say where Grafana is, and open it where there is a browser
	@bash deploy/local.sh grafana-ui

grafana-build: ## write grafana/dashboards/*.json from grafana/jsonnet
	@bash grafana/build.sh

dashboards-pictures: sdk ## draw docs/pictures/dashboards/*.png from real answers; needs PostgreSQL, Prometheus and Chromium
	DRIFT_PICTURES='$(CURDIR)/docs/pictures/dashboards' dotnet test tests/Dashboards.Tests --filter 'FullyQualifiedName~PictureTests'
	@command -v pngquant >/dev/null && pngquant --force --ext .png 64 docs/pictures/dashboards/*.png || echo "Install pngquant to make them a third of the size."

simulate: sdk ## false alarms, calibration and power by simulation; QUICK=1 smaller
	dotnet run -c Release --project benchmarks/Drift.Simulation -- $(if $(filter 1,$(QUICK)),--quick)

format: sdk ## bring the code into the shape of .editorconfig
	dotnet format Orleans.Drift.Standalone.slnf

clean: ## remove what builds and tests left behind
	rm -rf artifacts BenchmarkDotNet.Artifacts

sdk:
	@bash build/require-dotnet.sh
