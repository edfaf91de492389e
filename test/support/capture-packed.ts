/** `samplePcap(3)` of capture-sample.ts, packed by the programs xz 5.4, zstd 1.5, bzip2 1.0 and lz4 1.9. */
const PACKED = {
  xz: '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AD+AKtdAGow0ch9i/gJm68fzHkElWm8P+NJ1ZKs8Mo3hVh/ymE4TTmKDXL7WRyOMONHecUK8DFG3R1xE43dEAgQPu+vxme38gcTr3OYVaQFdyNGpkuvPM6CqTJN+feZuvIGfT5LpYMeW43Qj5WgicYwdVT3Z1l8cermAnVKHmh79etZKROtnec2wBfJ8Su37xilIL470hsDl23/0biqDb8wdBhk3XP0HxCJUUlDDVlDAAAAjVL1bodkLjoAAccB/wEAAKe/Hy2xxGf7AgAAAAAEWVo=',
  zstd: 'KLUv/ST/zQUAdAnUw7KhAgAEAAQAAWyrjGgAPICHjpWco6qxuL/GzdTb4unw9/6FjJOaoaivtr3Ey9LZ4Ofu9fyDipGYn6attLvCydDX3uXs8/qBiI+WnW0BPaSrsrnAx87V3OPq8fj/ho2Um6KpsLe+xczT2uHo7/b9hIuSmaCnrrW8w8rR2N/m7fT7gomQl56lbgI+rLO6wcjP1t3k6/L5DQC5jMmcGN7sAGAJBVicd7mZAHD7CQDejAHgvcBtIA4tZfpe',
  bzip2:
    'QlpoOTFBWSZTWZMlUR0AAGBJf/SAAAcAR3////////////////////+wALswaqmgwmjTACZBoGEwjIxNMmhoaGmjAJowACZAYIYIZMjA1UIMhoyZDTEYQyaM1NGmmZRgE0NME0DRgTBMhgI0aYgaZNAKE1NNIwTEaNMINNNMhkMTIxMmmgyaADQNAaaYEwI0yME0wmGEGEshsswohCjQQgLLGEIDYhaAzgghxgiXaQ/60O2K4C7/gvJRmhCEQRtC2eEiUJgnGgNFANJQFI0wqGpqhWsBA1gtGu6XDZXhVtBgGJAJKDEkrbXbgZMw0ajnVt3DndDreGdv8DvhDx6Hz+BOguw8eh8/gIO0Qe4d8KHEiiNpxxIkypcwTUAnT/ChRHj5Dz9PX2pCnUFWt7/HyK9gWbVv6+x+XBd/b1/+H/gGHELuSKcKEhJkqiOg',
  lz4: 'BCJNGGRAp8UAAACG1MOyoQIABAABAKAEAAEAAABsq4xoFAATPAQA8DGAh46VnKOqsbi/xs3U2+Lp8Pf+hYyTmqGor7a9xMvS2eDn7vX8g4qRmJ+mrbS7wsnQ197l7PP6gYiPlp1tq4xoVAATPQQAARUA8zKkq7K5wMfO1dzj6vH4/4aNlJuiqbC3vsXM09rh6O/2/YSLkpmgp661vMPK0djf5u30+4KJkJeepW6rjGgCAAAAPgQAAhYAz6yzusHIz9bd5Ovy+asAFFCRmJ+mrQAAAADQ+ArW',
} as const

/** Compressions that only programs make here. */
export const PACKED_NAMES: readonly (keyof typeof PACKED)[] = ['xz', 'zstd', 'bzip2', 'lz4']

/** Three packets, packed. */
export function packedOctets(name: keyof typeof PACKED): Uint8Array {
  return new Uint8Array(Buffer.from(PACKED[name], 'base64'))
}
