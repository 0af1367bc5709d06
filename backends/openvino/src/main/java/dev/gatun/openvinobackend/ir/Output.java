package dev.gatun.openvinobackend.ir;

/**
 * What a layer gives at one port.
 *
 * @param type element type as the representation spells it: {@code f32}, {@code i64}, {@code
 *     boolean}
 */
public record Output(int layer, int port, String type) {
  /**
   * The same port seen as another element type; for layers whose result type is not their input's.
   */
  public Output as(String other) {
    return new Output(layer, port, other);
  }
}
