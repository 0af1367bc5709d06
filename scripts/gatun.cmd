@echo off
rem Windows twin of scripts/gatun: finds a JDK 25, builds when there is no build, starts gatun.
setlocal enabledelayedexpansion
set "root=%~dp0.."
set "jdk="
for %%d in ("%GATUN_JAVA_HOME%" "%JAVA_HOME%") do call :try "%%~d"
if not defined jdk for /f "delims=" %%j in ('where java 2^>nul') do call :try "%%~dpj.."
if not defined jdk for /d %%d in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\jdk-*" "%ProgramFiles%\Zulu\*" "%ProgramFiles%\Amazon Corretto\*" "%ProgramFiles%\BellSoft\*" "%USERPROFILE%\.jdks\*" "%USERPROFILE%\scoop\apps\*\current") do call :try "%%~d"
if not defined jdk (
  echo gatun: no JDK 25 found; install one ^(winget install EclipseAdoptium.Temurin.25.JDK^) and set JAVA_HOME to it 1>&2
  exit /b 1
)
set "JAVA_HOME=%jdk%"
set "offline="
for %%a in (%*) do if "%%~a"=="--offline" set "offline=-o"
rem The stamp is the sum of names, sizes and times of all sources.
powershell -NoProfile -Command "$s=(Get-ChildItem -Recurse -File '%root%\java-core','%root%\backends','%root%\bindings','%root%\bench','%root%\pom.xml' | Where-Object { $_.FullName -notmatch '\\target\\|\\src\\test\\' } | ForEach-Object { $_.FullName + $_.Length + $_.LastWriteTimeUtc.Ticks }) -join ';'; $h=[Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes($s)); [BitConverter]::ToString($h)" > "%TEMP%\gatun.stamp"
fc /b "%TEMP%\gatun.stamp" "%root%\target\build.stamp" >nul 2>nul
if errorlevel 1 (
  where mvn >nul 2>nul || (echo gatun: Maven is not on the PATH; install it ^(https://maven.apache.org/install.html^) 1>&2 & exit /b 1)
  echo gatun: building ^(first use, or sources changed^) ... 1>&2
  if not exist "%root%\target" mkdir "%root%\target"
  set "MAVEN_OPTS=%MAVEN_OPTS% --sun-misc-unsafe-memory-access=allow"
  pushd "%root%"
  call mvn -q -B %offline% -DskipTests -Dspotless.check.skip -pl java-core/cli -am package > "%root%\target\build.log" 2>&1
  if errorlevel 1 (echo gatun: the build failed; see target\build.log 1>&2 & popd & exit /b 1)
  popd
  copy /y "%TEMP%\gatun.stamp" "%root%\target\build.stamp" >nul
)
set "shared=%root%\java-core\cli\src\main\resources\dev\gatun\cli\launch"
"%JAVA_HOME%\bin\java" "@%shared%\jvm.flags" "-XX:CompilerDirectivesFile=%shared%\vector-compiler.json" --enable-native-access=dev.gatun.ffi,dev.gatun.os,dev.gatun.cpu,dev.gatun.onnxruntime,dev.gatun.openvino,dev.gatun.qnn,dev.gatun.cuda,dev.gatun.metal,ALL-UNNAMED %GATUN_JAVA_OPTS% -p "%root%\java-core\cli\target\modules" -m dev.gatun.cli/dev.gatun.cli.Main %*
exit /b %errorlevel%

:try
if defined jdk exit /b
if not exist "%~1\bin\javac.exe" exit /b
findstr /b /c:"JAVA_VERSION=\"25" "%~1\release" >nul 2>nul && set "jdk=%~1"
exit /b
