package dev.gatun.models.tokenizer;

import java.util.Arrays;

/**
 * A prefix tree over bytes that is built once: its edges in one hash table, so that a million nodes
 * are three arrays. Not thread-safe while it grows, immutable by agreement afterwards.
 */
final class ByteTrie {
  /** Where every walk starts. */
  static final int ROOT = 0;

  /** No such node, or no value at a node. */
  static final int NONE = -1;

  private static final int MAX_NODES = 1 << 23;

  /** Edges: node and byte, or -1; beside it the node it leads to. */
  private int[] keys = new int[64];

  private int[] targets = new int[64];
  private int[] values = new int[16];
  private int nodes = 1;

  ByteTrie() {
    Arrays.fill(keys, NONE);
    Arrays.fill(values, NONE);
  }

  /** Sets the value of a text. */
  void put(byte[] text, int from, int to, int value) {
    int node = ROOT;
    for (int i = from; i < to; i++) {
      int next = child(node, text[i]);
      node = next < 0 ? add(node, text[i]) : next;
    }
    values[node] = value;
  }

  /** The node behind an edge, or {@link #NONE}. */
  int child(int node, byte b) {
    int key = node << 8 | (b & 0xFF);
    int mask = keys.length - 1;
    for (int slot = slot(key, mask); ; slot = slot + 1 & mask) {
      if (keys[slot] == key) {
        return targets[slot];
      }
      if (keys[slot] == NONE) {
        return NONE;
      }
    }
  }

  /** The value at a node, or {@link #NONE}. */
  int value(int node) {
    return values[node];
  }

  boolean isEmpty() {
    return nodes == 1;
  }

  private int add(int node, byte b) {
    if (nodes == MAX_NODES - 1) {
      throw new TokenizerException("the vocabulary has more than " + MAX_NODES + " prefixes");
    }
    if (nodes == values.length) {
      values = Arrays.copyOf(values, nodes * 2);
      Arrays.fill(values, nodes, values.length, NONE);
    }
    if (2 * nodes >= keys.length) {
      rehash();
    }
    int target = nodes++;
    insert(node << 8 | (b & 0xFF), target);
    return target;
  }

  private void insert(int key, int target) {
    int mask = keys.length - 1;
    int slot = slot(key, mask);
    while (keys[slot] != NONE) {
      slot = slot + 1 & mask;
    }
    keys[slot] = key;
    targets[slot] = target;
  }

  private void rehash() {
    int[] oldKeys = keys;
    int[] oldTargets = targets;
    keys = new int[oldKeys.length * 2];
    targets = new int[keys.length];
    Arrays.fill(keys, NONE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != NONE) {
        insert(oldKeys[i], oldTargets[i]);
      }
    }
  }

  private static int slot(int key, int mask) {
    int h = key * 0x9E3779B9;
    return (h ^ h >>> 15) & mask;
  }
}
