package dev.gatun.cli.command;

import dev.gatun.cli.output.Json;
import dev.gatun.formats.gguf.GgufFile;
import dev.gatun.runtime.store.Digests;
import dev.gatun.tensor.Tensor;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Digests of a model's weights, whatever its metadata and its division into files. */
@Command(
    name = "hash",
    mixinStandardHelpOptions = true,
    description = "SHA-256 of the data of all tensors, as llama-gguf-hash computes it.")
public final class GgufHashCommand implements Callable<Integer> {
  @Mixin private GgufInput input;

  @Option(names = "--tensors", description = "Of each tensor, too.")
  private boolean tensors;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var output = new Output(spec);
    Map<String, String> digests = new LinkedHashMap<>();
    MessageDigest all = Digests.sha256();
    try (GgufFile source = input.open(output)) {
      for (String name : source.tensorNames()) {
        MessageDigest one = Digests.sha256();
        source.withTensor(name, tensor -> update(tensor, all, one));
        digests.put(name, Digests.hex(one.digest()));
      }
    }
    String total = Digests.hex(all.digest());
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", input.name());
      members.put("sha256", total);
      members.put("tensors", tensors ? digests : null);
      output.line(Json.document("gguf-hash", 1, members));
      return 0;
    }
    if (tensors) {
      digests.forEach(
          (name, digest) -> output.line("sha256  %s  %s:%s".formatted(digest, input.name(), name)));
    }
    output.line("sha256  %s  %s".formatted(total, input.name()));
    return 0;
  }

  private static void update(Tensor tensor, MessageDigest all, MessageDigest one) {
    long size = tensor.data().byteSize();
    long step = 1 << 26;
    for (long at = 0; at < size; at += step) {
      var chunk = tensor.data().asSlice(at, Math.min(step, size - at)).asByteBuffer();
      all.update(chunk.duplicate());
      one.update(chunk);
    }
  }
}
