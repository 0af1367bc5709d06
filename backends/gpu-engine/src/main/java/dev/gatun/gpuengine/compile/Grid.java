package dev.gatun.gpuengine.compile;

import dev.gatun.gpuengine.driver.Launch;

/**
 * Groups of a launch.
 *
 * @param threads of a group
 */
public record Grid(int threads, Size x, Size y, Size z) {
  private static final Size ONE = Size.fixed(1);

  /** One thread for each item. */
  public static Grid items(Size items, int threads) {
    return new Grid(threads, items.pieces(threads), ONE, ONE);
  }

  /** Groups in one dimension. */
  public static Grid groups(Size groups, int threads) {
    return new Grid(threads, groups, ONE, ONE);
  }

  /** Groups in two dimensions. */
  public static Grid groups(Size x, Size y, int threads) {
    return new Grid(threads, x, y, ONE);
  }

  /** Gives a launch its groups; false when there are none. */
  boolean shape(Launch launch, LaunchSizes sizes) {
    int groupsX = Math.toIntExact(x.of(sizes));
    int groupsY = Math.toIntExact(y.of(sizes));
    int groupsZ = Math.toIntExact(z.of(sizes));
    if (groupsX == 0 || groupsY == 0 || groupsZ == 0) {
      return false;
    }
    launch.shape(groupsX, groupsY, groupsZ, threads);
    return true;
  }
}
