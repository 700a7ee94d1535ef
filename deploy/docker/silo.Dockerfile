# A silo: actors, HTTP API, /metrics, dashboards. Build from the root of the repository:
#   docker build -f deploy/docker/silo.Dockerfile -t drift-silo:0.1.0 .
# It runs as a user without rights, without a shell, on a read-only root file system (mount a tmpfs at /tmp).
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Silo/Silo.csproj -c Release -o /app --nologo -p:UseAppHost=false \
 && mkdir /panes

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build --chown=root:root /app .
# For a volume with encoded panes (Drift__PaneShelf__Folder): it gets this owner.
COPY --from=build --chown=1654:1654 /panes /var/lib/drift/panes
USER 1654
ENV ASPNETCORE_URLS=http://0.0.0.0:8080
# 8080 HTTP, 11111 the other silos.
EXPOSE 8080 11111
ENTRYPOINT ["dotnet", "Drift.Silo.dll"]
CMD ["serve"]
