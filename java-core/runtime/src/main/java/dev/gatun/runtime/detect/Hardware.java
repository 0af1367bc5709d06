package dev.gatun.runtime.detect;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;

/**
 * What was found out about this machine and about the part of it that this process may use. What
 * could not be found out is empty; finding out never fails. Nothing of it is cached on disk.
 *
 * @param os {@code linux}, {@code macos}, {@code windows}, or Java's {@code os.name}
 * @param arch {@code x86_64}, {@code aarch64}, or Java's {@code os.arch}
 * @param threads worker threads that pay: physical cores of those that this process may run on,
 *     within its quota; at least 1
 */
public record Hardware(
    String os,
    String arch,
    Cpu cpu,
    Memory memory,
    Limits limits,
    int threads,
    Surroundings surroundings) {
  /**
   * The processor.
   *
   * @param physicalCores of the whole machine
   * @param logicalCores of the whole machine
   * @param features instruction sets under their Linux names ({@code avx2}, {@code asimddp})
   */
  public record Cpu(
      Optional<String> vendor,
      Optional<String> model,
      OptionalInt physicalCores,
      OptionalInt logicalCores,
      SortedSet<String> features,
      List<Cache> caches) {
    public Cpu {
      features = java.util.Collections.unmodifiableSortedSet(features);
      caches = List.copyOf(caches);
    }
  }

  /**
   * One cache of one core.
   *
   * @param type {@code data}, {@code instruction} or {@code unified}
   * @param sharedBy logical cores that share it; 0 when unknown
   */
  public record Cache(int level, String type, long bytes, int sharedBy) {}

  /**
   * What this process runs in.
   *
   * @param board maker's name of the machine or board
   */
  public record Surroundings(Optional<String> board, Place place) {
    /** Where a process sees hardware through something. */
    public enum Place {
      /** Nothing between, as far as can be seen. */
      MACHINE,
      /** A container, which has the device nodes that it was given. */
      CONTAINER,
      /** Linux inside Windows. */
      WSL,
      /** Android: its kernel, its own C library, and apps that may open little. */
      ANDROID
    }

    /** Nothing is known. */
    public static final Surroundings UNKNOWN = new Surroundings(Optional.empty(), Place.MACHINE);
  }

  /** Bytes of main memory. */
  public record Memory(OptionalLong total, OptionalLong available) {}

  /**
   * What this process may use.
   *
   * @param affinity logical cores that it may run on; empty for all
   * @param cpuQuota cores' worth of time, from cgroups
   * @param memory bytes, from cgroups
   */
  public record Limits(List<Integer> affinity, OptionalDouble cpuQuota, OptionalLong memory) {
    public Limits {
      affinity = List.copyOf(affinity);
    }
  }
}
