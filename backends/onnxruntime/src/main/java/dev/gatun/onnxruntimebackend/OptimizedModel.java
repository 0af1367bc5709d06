package dev.gatun.onnxruntimebackend;

import dev.gatun.onnxruntime.NodeAssignment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A model that the library has optimized, in its own format, with the placement that it reported
 * while it did so. As a file: the model; the placement; lengths of both, a checksum of both
 * (CRC-32C) and a magic number, 8 bytes each, big-endian.
 *
 * @param model mapped from the file; lives as long as the arena that it was read into
 */
record OptimizedModel(MemorySegment model, List<NodeAssignment> assignments) {
  private static final long MAGIC = 0x4741_5455_4e4f_5231L;
  private static final int FOOTER = 4 * Long.BYTES;

  /** Adds to a model that the library has written what makes it one of these. */
  static void seal(Path file, List<NodeAssignment> assignments) throws IOException {
    byte[] placement = bytes(assignments);
    long length = Files.size(file);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      CRC32C sum = new CRC32C();
      update(sum, channel.map(FileChannel.MapMode.READ_ONLY, 0, length, arena));
      sum.update(placement);
      ByteBuffer end = ByteBuffer.allocate(placement.length + FOOTER);
      end.put(placement).putLong(length).putLong(placement.length);
      end.putLong(sum.getValue()).putLong(MAGIC).flip();
      long at = length;
      while (end.hasRemaining()) {
        at += channel.write(end, at);
      }
      channel.force(true);
    }
  }

  /**
   * Maps a file.
   *
   * @return empty when there is none
   * @throws IOException when it cannot be read, or is none of these or a damaged one
   */
  static Optional<OptimizedModel> read(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < FOOTER) {
        throw new IOException(file + " is cut off");
      }
      MemorySegment whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      ByteBuffer footer = whole.asSlice(size - FOOTER).asByteBuffer();
      long length = footer.getLong();
      long placement = footer.getLong();
      long expected = footer.getLong();
      boolean fits =
          footer.getLong() == MAGIC
              && length >= 0
              && length <= size - FOOTER
              && placement == size - FOOTER - length;
      if (!fits) {
        throw new IOException(file + " is no optimized model");
      }
      MemorySegment content = whole.asSlice(0, size - FOOTER);
      CRC32C sum = new CRC32C();
      update(sum, content);
      if (sum.getValue() != expected) {
        throw new IOException(file + " is damaged: wrong checksum");
      }
      byte[] report = content.asSlice(length).toArray(ValueLayout.JAVA_BYTE);
      return Optional.of(new OptimizedModel(whole.asSlice(0, length), assignments(report)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static void update(CRC32C sum, MemorySegment memory) {
    long step = 1L << 30;
    for (long at = 0; at < memory.byteSize(); at += step) {
      sum.update(memory.asSlice(at, Math.min(step, memory.byteSize() - at)).asByteBuffer());
    }
  }

  private static byte[] bytes(List<NodeAssignment> assignments) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(assignments.size());
    for (NodeAssignment each : assignments) {
      out.writeUTF(each.node());
      out.writeUTF(each.domain());
      out.writeUTF(each.operator());
      out.writeUTF(each.provider());
      out.writeInt(each.group());
    }
    return bytes.toByteArray();
  }

  private static List<NodeAssignment> assignments(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int count = in.readInt();
    List<NodeAssignment> assignments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      assignments.add(
          new NodeAssignment(in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readInt()));
    }
    return assignments;
  }
}
