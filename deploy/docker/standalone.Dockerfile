# One process with everything in it, and SQLite in /data. Build from the root of the repository:
#   docker build -f deploy/docker/standalone.Dockerfile -t drift:0.1.0 .
# It runs as a user without rights, without a shell, on a read-only root file system (a volume at /data, a tmpfs at /tmp).
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Standalone/Standalone.csproj -c Release -o /app --nologo -p:UseAppHost=false \
 && mkdir /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build --chown=root:root /app .
COPY --from=build --chown=1654:1654 /data /data
USER 1654
ENV ASPNETCORE_URLS=http://0.0.0.0:8080
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["dotnet", "Drift.Standalone.dll"]
CMD ["serve", "--data", "/data"]
