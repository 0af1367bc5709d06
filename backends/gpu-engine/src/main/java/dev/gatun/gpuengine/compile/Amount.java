package dev.gatun.gpuengine.compile;

/** A floating-point number of a launch that may depend on the submission. */
@FunctionalInterface
interface Amount {
  double of(LaunchSizes sizes);
}
