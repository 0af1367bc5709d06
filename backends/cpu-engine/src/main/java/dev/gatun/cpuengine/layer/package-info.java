/** Steps of convolutions, pools, recurrent layers and interpolation, on values [N, C, ..]. */
package dev.gatun.cpuengine.layer;
