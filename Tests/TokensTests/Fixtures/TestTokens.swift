// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Tokens made by others: the examples of RFC 7515, and some by joserfc 1.6.5 with ``TestKeys``.
enum TestTokens {
    /// `exp` of the RFC's examples.
    static let rfcExpiry: Int64 = 1_300_819_380

    /// RFC 7515 A.1.
    static let rfcHS256 = """
        eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA\
        6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
        """

    /// RFC 7515 A.2.
    static let rfcRS256 = """
        eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9\
        pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Q\
        c_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARN\
        PvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6I\
        eYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
        """

    /// RFC 7515 A.3.
    static let rfcES256 = """
        eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9\
        pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqP\
        P3-Kg6NU1Q
        """

    static let rfcHS256JWK = """
        {"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZ\
        r1Z9CAow"}
        """

    static let rfcRS256JWK = """
        {"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2\
        mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSH\
        SXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7\
        aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}
        """

    static let rfcES256JWK = """
        {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_\
        tue659LNpXW6pCyStikYjKIWI5a0"}
        """

    /// `exp` of the tokens below: 2100-01-01.
    static let expiry: Int64 = 4_102_444_800

    /// kid `hs-1`, with ``TestKeys/secret``.
    static let hs256 = """
        eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImtpZCI6ImhzLTEifQ.eyJzdWIiOiJkaWQ6ZXhhbXBsZTphbGljZSIsInJvb\
        GVzIjpbImJ1eWVyIiwiZ292ZXJuYW5jZV9zaWduZXIiXSwiaXNzIjoiaHR0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsImF1ZCI6W\
        yJzd2l0Y2hib2FyZCIsIm90aGVyIl0sImlhdCI6MTcwMDAwMDAwMCwiZXhwIjo0MTAyNDQ0ODAwLCJqdGkiOiJpbnRlcm9wL\
        TEiLCJub3RlIjoiaMOpbGxvIPCfkYsifQ.B4n7cZuf3g2JXnhgEY1_IV9Bw0xCLUQMOFjKZd1vziE
        """

    /// kid `rsa-1`.
    static let rs256 = """
        eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6InJzYS0xIn0.eyJzdWIiOiJkaWQ6ZXhhbXBsZTphbGljZSIsInJv\
        bGVzIjpbImJ1eWVyIiwiZ292ZXJuYW5jZV9zaWduZXIiXSwiaXNzIjoiaHR0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsImF1ZCI6\
        WyJzd2l0Y2hib2FyZCIsIm90aGVyIl0sImlhdCI6MTcwMDAwMDAwMCwiZXhwIjo0MTAyNDQ0ODAwLCJqdGkiOiJpbnRlcm9w\
        LTEiLCJub3RlIjoiaMOpbGxvIPCfkYsifQ.pM-Iu6rhXTTGOPJrENWzKW6MT52Njpk3UyHzZI17uoxlqNvfOzcuOONHoAL0i\
        wMldzzbtXqtvk5jII0cOR4ov-91feVt3ZtS0nEvFasdBnYtJV4oafTzhSlyWU8P52v_V4pL4W0eQbwkiaspcy_Dobh_ClHdz\
        cRCEJXfdlFWsP-YMFvKmo_5iJINDrHl70EniMUkjCvYpwfcTyChG2tSGjcaGvmJ9yr-2-TJ0tysNUfII-q3G5XByN9Tv1ZBG\
        BpEUCncAJX_D1eng3-RgNQUPYPOJ8Lup6UWzvusUWzNH7ps3MRx-zFD12HJSZaGRBEr40M3KLUTjbTTXTJbtzAOOA
        """

    /// kid `ec-1`.
    static let es256 = """
        eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiIsImtpZCI6ImVjLTEifQ.eyJzdWIiOiJkaWQ6ZXhhbXBsZTphbGljZSIsInJvb\
        GVzIjpbImJ1eWVyIiwiZ292ZXJuYW5jZV9zaWduZXIiXSwiaXNzIjoiaHR0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsImF1ZCI6W\
        yJzd2l0Y2hib2FyZCIsIm90aGVyIl0sImlhdCI6MTcwMDAwMDAwMCwiZXhwIjo0MTAyNDQ0ODAwLCJqdGkiOiJpbnRlcm9wL\
        TEiLCJub3RlIjoiaMOpbGxvIPCfkYsifQ.b2iCrJimf_GZEhuyKiiEaV3F34pFuvbvwzuHMbWllrIpQl_DTNOlWcUjLIG5BA\
        Nlluhkp6L44kSmquVOtoF6Aw
        """

    static let rs256WithoutKeyID = """
        eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJkaWQ6ZXhhbXBsZTphbGljZSIsInJvbGVzIjpbImJ1eWVyIiw\
        iZ292ZXJuYW5jZV9zaWduZXIiXSwiaXNzIjoiaHR0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsImF1ZCI6WyJzd2l0Y2hib2FyZCI\
        sIm90aGVyIl0sImlhdCI6MTcwMDAwMDAwMCwiZXhwIjo0MTAyNDQ0ODAwLCJqdGkiOiJpbnRlcm9wLTEiLCJub3RlIjoiaMO\
        pbGxvIPCfkYsifQ.J2DRd9cZ4TEEY8JYP6-HtyCC2z4F9cyLbEDd3MNKHAe6oM5ev1h8nAOy_HxZVPRu4PNQjOMl10GCZhon\
        bmhO9AGdHaNyKKGtubl34aDC2py35Sk197_F1r6lvHP4AThg6B7WVBDVhzKoqRrehWqqeYUYV1QWtgCL-KlGcqVvdR2quuNz\
        o-ugvxwCiTvchWX97wq7pvW1hs1WyNxLQDdr4g9tCzzbM_6jXG19RNMVzyAq_YXMR2Ikg33Er1eGBcnNS_HaRc1bpfI6_0cG\
        8jCIs9eYNQEG9x7AETSQXSRHjUnYxI7uvdBahVjejNW80AyzzyA8D8caInld5pRW949CrA
        """

    /// By the RSA key, with an algorithm we do not take.
    static let ps256 = """
        eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYS0xIn0.eyJzdWIiOiAiZGlkOmV4YW1wbGU6YWxpY2UiLCAicm9sZXMiOiBbImJ1\
        eWVyIiwgImdvdmVybmFuY2Vfc2lnbmVyIl0sICJpc3MiOiAiaHR0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsICJhdWQiOiBbInN3\
        aXRjaGJvYXJkIiwgIm90aGVyIl0sICJpYXQiOiAxNzAwMDAwMDAwLCAiZXhwIjogNDEwMjQ0NDgwMCwgImp0aSI6ICJpbnRl\
        cm9wLTEiLCAibm90ZSI6ICJoXHUwMGU5bGxvIFx1ZDgzZFx1ZGM0YiJ9.tn5xZnX6AnfxJKn-g3dzb7F2IwDWnY3E4VqWuqr\
        KA-QwO7My-51kiE8o30qQesg0lBtb0lHD4JeeKLHuMKHykVTTbeL-9PXgxbN-GolFmXYOfAeNaL7Z9Z-y4YyAX5ELIZMpVB7\
        cvUfgPY3ZuGgGHiFZS5DKgiftWQbYN6rc0VUQwLs5DYNLCrvrCcgQ_eA3ctOahFI23xeY-wuf_7NUn1hzgsfmNmK-lUSQUii\
        iVF1aVxjHUx2ZwFhI2zTapgflu1NXbEl6oI5vD51EJ0XFjL6y8qG3qlsUlNdyq7wiv5gcYbEIK-nAMzGbzAEI7iohu5O5Wo7\
        aAHbNxlicdVjL5Q
        """

    /// With the secret, with an algorithm we do not take.
    static let hs512 = """
        eyJhbGciOiJIUzUxMiIsImtpZCI6ImhzLTEifQ.eyJzdWIiOiAiZGlkOmV4YW1wbGU6YWxpY2UiLCAicm9sZXMiOiBbImJ1e\
        WVyIiwgImdvdmVybmFuY2Vfc2lnbmVyIl0sICJpc3MiOiAiaHR0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsICJhdWQiOiBbInN3a\
        XRjaGJvYXJkIiwgIm90aGVyIl0sICJpYXQiOiAxNzAwMDAwMDAwLCAiZXhwIjogNDEwMjQ0NDgwMCwgImp0aSI6ICJpbnRlc\
        m9wLTEiLCAibm90ZSI6ICJoXHUwMGU5bGxvIFx1ZDgzZFx1ZGM0YiJ9.V2we7iRAr_cnVPSlIQIxtDiHLbkMrnq8D5bAWDm0\
        IhAFjhmshCVE68O85tXEUDBWOsCap-vqEIgiNR0bAPOGuA
        """
}
