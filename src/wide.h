/*
 * wide.h
 *		Products of two 128-bit numbers, compared exactly.
 */
#ifndef FAIRDRAW_WIDE_H
#define FAIRDRAW_WIDE_H

typedef unsigned __int128 uint128_t;

/* product of two 128-bit numbers, most significant limb first */
static inline void
fairdraw_multiply(uint128_t x, uint128_t y, uint64 *product)
{
	uint64		xh = (uint64) (x >> 64);
	uint64		xl = (uint64) x;
	uint64		yh = (uint64) (y >> 64);
	uint64		yl = (uint64) y;
	uint128_t	low = (uint128_t) xl * yl;
	uint128_t	middle1 = (uint128_t) xh * yl;
	uint128_t	middle2 = (uint128_t) xl * yh;
	uint128_t	high = (uint128_t) xh * yh;
	uint128_t	carry = (low >> 64) + (uint64) middle1 + (uint64) middle2;

	high += (middle1 >> 64) + (middle2 >> 64) + (carry >> 64);
	product[0] = (uint64) (high >> 64);
	product[1] = (uint64) high;
	product[2] = (uint64) carry;
	product[3] = (uint64) low;
}

/* Compares x1 * y1 with x2 * y2. */
static inline int
fairdraw_compare_products(uint128_t x1, uint128_t y1, uint128_t x2, uint128_t y2)
{
	uint64		left[4];
	uint64		right[4];

	fairdraw_multiply(x1, y1, left);
	fairdraw_multiply(x2, y2, right);
	for (int i = 0; i < 4; i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return 0;
}

#endif							/* FAIRDRAW_WIDE_H */
