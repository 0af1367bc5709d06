package dev.gatun.runtime.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** macOS and Windows by the output of their tools; not run on such machines. */
class OtherHardwareTest {
  @Test
  void anAppleMachineIsDescribed() {
    String hw =
        """
        hw.ncpu: 10
        hw.physicalcpu: 10
        hw.logicalcpu: 10
        hw.memsize: 17179869184
        hw.perflevel0.physicalcpu: 4
        hw.l1dcachesize: 65536
        hw.l2cachesize: 4194304
        hw.optional.arm.FEAT_DotProd: 1
        hw.optional.arm.FEAT_SME: 0
        hw.optional.neon: 1
        """;
    Map<String, String> answers =
        Map.of("hw", hw, "machdep.cpu", "machdep.cpu.brand_string: Apple M4");
    Hardware hardware =
        new MacHardware(command -> Optional.ofNullable(answers.get(command.getLast())))
            .detect("aarch64", OptionalLong.empty());
    assertEquals(Optional.of("Apple"), hardware.cpu().vendor());
    assertEquals(OptionalInt.of(10), hardware.cpu().physicalCores());
    assertEquals(4, hardware.threads());
    assertEquals(OptionalLong.of(16L << 30), hardware.memory().total());
    assertEquals(List.of("dotprod", "neon"), List.copyOf(hardware.cpu().features()));
    assertEquals(2, hardware.cpu().caches().size());
  }

  @Test
  void anIntelMacIsDescribed() {
    Map<String, String> answers =
        Map.of(
            "machdep.cpu",
            "machdep.cpu.vendor: GenuineIntel\nmachdep.cpu.features: FPU AVX1.0\nmachdep.cpu.leaf7_features: AVX2",
            "hw",
            "hw.physicalcpu: 6");
    Hardware hardware =
        new MacHardware(command -> Optional.ofNullable(answers.get(command.getLast())))
            .detect("x86_64", OptionalLong.of(5));
    assertEquals(Optional.of("Intel"), hardware.cpu().vendor());
    assertTrue(hardware.cpu().features().contains("avx2"));
    assertEquals(6, hardware.threads());
    assertEquals(OptionalLong.of(5), hardware.memory().total());
  }

  @Test
  void aWindowsMachineIsDescribed() {
    Commands commands =
        command ->
            switch (command.getLast()) {
              case "ProcessorNameString" ->
                  Optional.of(
                      "\r\nHKEY_LOCAL_MACHINE\\HARDWARE\r\n    ProcessorNameString    REG_SZ    Snapdragon(R) X Elite \r\n");
              case "VendorIdentifier" ->
                  Optional.of("    VendorIdentifier    REG_SZ    Qualcomm Technologies Inc");
              default ->
                  command.getFirst().equals("powershell") ? Optional.of("12") : Optional.empty();
            };
    Hardware hardware =
        new WindowsHardware(
                commands,
                name -> Optional.ofNullable(Map.of("NUMBER_OF_PROCESSORS", "12").get(name)))
            .detect("aarch64", OptionalLong.of(7));
    assertEquals(Optional.of("Qualcomm"), hardware.cpu().vendor());
    assertEquals(Optional.of("Snapdragon(R) X Elite"), hardware.cpu().model());
    assertEquals(OptionalInt.of(12), hardware.cpu().physicalCores());
    assertEquals(OptionalInt.of(12), hardware.cpu().logicalCores());
  }

  @Test
  void toolsThatFailLeaveThingsUnknown() {
    Hardware mac = new MacHardware(_ -> Optional.empty()).detect("aarch64", OptionalLong.empty());
    assertEquals(Optional.empty(), mac.cpu().model());
    assertTrue(mac.threads() >= 1);
    Hardware windows =
        new WindowsHardware(_ -> Optional.of("garbage: \n x"), _ -> Optional.empty())
            .detect("x86_64", OptionalLong.empty());
    assertEquals(Optional.empty(), windows.cpu().model());
    assertTrue(windows.threads() >= 1);
    assertEquals(Optional.empty(), Commands.real().output(List.of("no-such-tool-anywhere")));
  }

  @Test
  void namesOfSystemsAreNormal() {
    assertEquals("macos", SystemFacts.os("Mac OS X"));
    assertEquals("windows", SystemFacts.os("Windows 11"));
    assertEquals("linux", SystemFacts.os("Linux"));
    assertEquals("x86_64", SystemFacts.arch("amd64"));
    assertEquals("aarch64", SystemFacts.arch("aarch64"));
  }
}
