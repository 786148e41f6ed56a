;; The read limit: adds up all bytes once, lane by lane. Nothing that looks at each byte can be faster.
(module
  (memory (export "memory") 1)
  (func (export "sum") (param $at i32) (param $end i32) (result i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $next
      (local.set $a (i8x16.add (local.get $a) (v128.load (local.get $at))))
      (local.set $b (i8x16.add (local.get $b) (v128.load offset=16 (local.get $at))))
      (local.set $c (i8x16.add (local.get $c) (v128.load offset=32 (local.get $at))))
      (local.set $d (i8x16.add (local.get $d) (v128.load offset=48 (local.get $at))))
      (local.set $a (i8x16.add (local.get $a) (v128.load offset=64 (local.get $at))))
      (local.set $b (i8x16.add (local.get $b) (v128.load offset=80 (local.get $at))))
      (local.set $c (i8x16.add (local.get $c) (v128.load offset=96 (local.get $at))))
      (local.set $d (i8x16.add (local.get $d) (v128.load offset=112 (local.get $at))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 128))) (local.get $end))))
    (local.set $a (i8x16.add (i8x16.add (local.get $a) (local.get $b)) (i8x16.add (local.get $c) (local.get $d))))
    (local.set $a (i16x8.extadd_pairwise_i8x16_s (local.get $a)))
    (local.set $a (i32x4.extadd_pairwise_i16x8_s (local.get $a)))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $a)) (i32x4.extract_lane 1 (local.get $a)))
      (i32.add (i32x4.extract_lane 2 (local.get $a)) (i32x4.extract_lane 3 (local.get $a))))))
