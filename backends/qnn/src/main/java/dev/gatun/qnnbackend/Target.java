package dev.gatun.qnnbackend;

import dev.gatun.runtime.spi.DeviceInfo;

/** A device with what its executables share. */
record Target(DeviceInfo info, SharedQnn.Opened qnn, QnnSettings settings) {}
