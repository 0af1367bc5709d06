package dev.gatun.pipelines;

import dev.gatun.models.arch.Pooling;

/** Makes one embedding of the vectors of one text's tokens, which come in order. */
final class Pooler implements TextEncoder.VectorSink {
  private final Pooling pooling;
  private final int[] lengths;
  private final float[][] embeddings;

  /**
   * @param lengths tokens of each text
   */
  Pooler(Pooling pooling, int width, int... lengths) {
    this.pooling = pooling;
    this.lengths = lengths.clone();
    embeddings = new float[lengths.length][width];
  }

  @Override
  public void accept(int text, int token, float[] vector) {
    float[] embedding = embeddings[text];
    switch (pooling) {
      case MEAN -> {
        for (int i = 0; i < embedding.length; i++) {
          embedding[i] += vector[i] / lengths[text];
        }
      }
      case CLS -> take(token == 0, vector, embedding);
      case LAST -> take(token == lengths[text] - 1, vector, embedding);
      case NONE -> throw new IllegalStateException("nothing is pooled");
    }
  }

  private static void take(boolean wanted, float[] vector, float[] embedding) {
    if (wanted) {
      System.arraycopy(vector, 0, embedding, 0, embedding.length);
    }
  }

  float[] embedding(int text, boolean normalize) {
    float[] embedding = embeddings[text];
    if (normalize) {
      double square = 0;
      for (float x : embedding) {
        square += (double) x * x;
      }
      double length = Math.sqrt(square);
      for (int i = 0; length > 0 && i < embedding.length; i++) {
        embedding[i] = (float) (embedding[i] / length);
      }
    }
    return embedding;
  }
}
