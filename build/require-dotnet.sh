#!/usr/bin/env bash
# Succeeds when the .NET SDK that global.json asks for is here; otherwise says what to install and how.
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if command -v dotnet >/dev/null && dotnet --version >/dev/null 2>&1; then exit 0; fi

cat >&2 <<'HELP'
The .NET 10 SDK is needed (global.json) and was not found.
  Official page   https://dotnet.microsoft.com/download/dotnet/10.0
  Debian, Ubuntu  sudo apt-get install dotnet-sdk-10.0      (where it is unknown, the page names the feed to add)
  macOS           brew install --cask dotnet-sdk
  Windows         winget install Microsoft.DotNet.SDK.10
HELP
exit 1
