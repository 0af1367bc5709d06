package dev.gatun.runtime.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linux machines as small folders of files. */
class LinuxHardwareTest {
  @TempDir Path root;

  private void file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content + "\n");
  }

  /** Two packages of two cores with two threads each. */
  private void server() throws IOException {
    file(
        "proc/cpuinfo",
        """
        processor\t: 0
        vendor_id\t: GenuineIntel
        model name\t: Intel(R) Xeon(R) CPU
        flags\t\t: fpu avx2 avx512f avx512_vnni

        processor\t: 1
        vendor_id\t: Other
        """);
    file("sys/devices/system/cpu/online", "0-7");
    for (int cpu = 0; cpu < 8; cpu++) {
      String topology = "sys/devices/system/cpu/cpu" + cpu + "/topology/";
      file(topology + "core_id", Integer.toString(cpu / 2 % 2));
      file(topology + "physical_package_id", Integer.toString(cpu / 4));
    }
    String cache = "sys/devices/system/cpu/cpu0/cache/";
    file(cache + "index0/level", "1");
    file(cache + "index0/type", "Data");
    file(cache + "index0/size", "32K");
    file(cache + "index0/shared_cpu_list", "0-1");
    file(cache + "index1/level", "3");
    file(cache + "index1/type", "Unified");
    file(cache + "index1/size", "33M");
    file("proc/meminfo", "MemTotal:  16000000 kB\nMemFree: 1 kB\nMemAvailable: 8000000 kB");
    file("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-7");
  }

  private Hardware detect() {
    return new LinuxHardware(SmallFiles.of(root)).detect("x86_64");
  }

  @Test
  void aServerIsDescribed() throws IOException {
    server();
    Hardware hardware = detect();
    assertEquals(Optional.of("Intel"), hardware.cpu().vendor());
    assertEquals(Optional.of("Intel(R) Xeon(R) CPU"), hardware.cpu().model());
    assertEquals(OptionalInt.of(4), hardware.cpu().physicalCores());
    assertEquals(OptionalInt.of(8), hardware.cpu().logicalCores());
    assertTrue(hardware.cpu().features().containsAll(List.of("avx2", "avx512_vnni")));
    assertEquals(
        List.of(
            new Hardware.Cache(1, "data", 32 << 10, 2),
            new Hardware.Cache(3, "unified", 33 << 20, 0)),
        hardware.cpu().caches());
    assertEquals(OptionalLong.of(16000000L << 10), hardware.memory().total());
    assertEquals(OptionalLong.of(8000000L << 10), hardware.memory().available());
    assertEquals(4, hardware.threads());
  }

  @Test
  void affinityAndQuotaLimitTheThreads() throws IOException {
    server();
    file("proc/self/status", "Cpus_allowed_list:\t0-2,5");
    assertEquals(3, detect().threads());
    file("proc/self/cgroup", "0::/user/app");
    file("sys/fs/cgroup/user/cpu.max", "250000 100000");
    file("sys/fs/cgroup/user/app/cpu.max", "max 100000");
    file("sys/fs/cgroup/user/memory.max", "max");
    file("sys/fs/cgroup/user/app/memory.max", "1073741824");
    Hardware hardware = detect();
    assertEquals(2, hardware.threads());
    assertEquals(OptionalDouble.of(2.5), hardware.limits().cpuQuota());
    assertEquals(OptionalLong.of(1L << 30), hardware.limits().memory());
    file("sys/fs/cgroup/user/app/cpu.max", "50000 100000");
    assertEquals(1, detect().threads());
  }

  @Test
  void versionOneOfControlGroupsIsRead() throws IOException {
    server();
    file("proc/self/cgroup", "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/");
    file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000");
    file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
    Hardware hardware = detect();
    assertEquals(OptionalDouble.of(3), hardware.limits().cpuQuota());
    assertEquals(OptionalLong.empty(), hardware.limits().memory());
    assertEquals(3, hardware.threads());
    file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1");
    assertEquals(OptionalDouble.empty(), detect().limits().cpuQuota());
  }

  @Test
  void anArmMachineIsDescribed() throws IOException {
    file("proc/cpuinfo", "processor : 0\nFeatures : fp asimd asimddp i8mm\nCPU implementer : 0x41");
    file("proc/device-tree/model", "Raspberry Pi 5\0");
    Hardware hardware = new LinuxHardware(SmallFiles.of(root)).detect("aarch64");
    assertEquals(Optional.of("Arm"), hardware.cpu().vendor());
    assertTrue(hardware.cpu().model().orElseThrow().startsWith("Raspberry Pi 5"));
    assertTrue(hardware.cpu().features().contains("asimddp"));
  }

  @Test
  void anEmptyMachineIsUnknown() {
    Hardware hardware = detect();
    assertEquals(Optional.empty(), hardware.cpu().vendor());
    assertEquals(OptionalInt.empty(), hardware.cpu().physicalCores());
    assertEquals(OptionalLong.empty(), hardware.memory().total());
    assertTrue(hardware.threads() >= 1);
  }

  @Test
  void garbageNeverThrows() throws IOException {
    server();
    file("proc/self/cgroup", "0::/a");
    file("sys/fs/cgroup/a/cpu.max", "1 1");
    List<String> paths;
    try (var files = Files.walk(root)) {
      paths =
          files.filter(Files::isRegularFile).map(file -> root.relativize(file).toString()).toList();
    }
    Random random = new Random(31);
    for (int round = 0; round < 300; round++) {
      String path = paths.get(random.nextInt(paths.size()));
      byte[] sound = Files.readAllBytes(root.resolve(path));
      byte[] damaged = sound.clone();
      for (int i = 0; i < 1 + damaged.length / 4; i++) {
        damaged[random.nextInt(damaged.length)] =
            (byte) "0123456789-,: \n\tKMmax/\0ÿ".charAt(random.nextInt(24));
      }
      Files.write(root.resolve(path), damaged);
      assertTrue(detect().threads() >= 1);
      Files.write(root.resolve(path), sound);
    }
  }

  @Test
  void listsOfProcessorsAreReadAndAbsurdOnesRefused() {
    assertEquals(List.of(0, 1, 2, 8), SmallFiles.cpuList("0-2,8"));
    assertEquals(List.of(), SmallFiles.cpuList(""));
    assertEquals(List.of(), SmallFiles.cpuList("0-999999999999"));
    assertEquals(List.of(), SmallFiles.cpuList("3-1"));
    assertEquals(List.of(), SmallFiles.cpuList("-1"));
  }

  @Test
  void thisMachineIsDetectedWithoutAnException() {
    Hardware hardware = HardwareDetector.detect();
    assertTrue(hardware.threads() >= 1);
    assertEquals(
        new String(hardware.os().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8),
        hardware.os());
  }
}
