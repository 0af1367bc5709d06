package dev.gatun.qnnbackend;

import dev.gatun.qnn.RpcMemory;
import dev.gatun.runtime.spi.DeviceInfo;
import java.util.Optional;

/**
 * A device with what its executables share.
 *
 * @param memory shared with the device, where the user wants that
 */
record Target(
    DeviceInfo info, SharedQnn.Opened qnn, Optional<RpcMemory> memory, QnnSettings settings) {}
