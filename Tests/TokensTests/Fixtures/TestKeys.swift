// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Keys made for these tests only, by OpenSSL through Python's `cryptography`. Nothing else uses them.
enum TestKeys {
    static let secret = "an interop secret of forty-one characters"

    /// SPKI of the key that signed ``TestTokens/rs256``.
    static let rsaPublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuH9xnQfEXmDAQeyfyz+H
        cLXmFpisO9UB65TxWnjlKXmrgEgWpfFl/6gv1dCFttGT/VLGILfHCGVCXTfcxY6P
        4WJyurGU7LM2e5ukVYHlzDzD1a4aP87b0HuXV8ELGPshQPf4plOyFnn9vtLSzPQp
        MFvjA6IOlAJmsCCMskbky593ze13oOQTZQSlvD2e2+0pCc9f+5YJqCECVmmsdTXP
        uQhHch2353Ry0ctBoBimMkrvHRuVfEYvRFFhBuruUm6OdhuQqHzwbSHzyuBFo/Vl
        bKbq65/w1dK0Wyt+MFV0hnDdlusJ417bIOwqDGD3QmzxM5GBOwCh37BqYi8Oz4mB
        HQIDAQAB
        -----END PUBLIC KEY-----
        """

    /// The same key as PKCS #1.
    static let rsaPublicPKCS1 = """
        -----BEGIN RSA PUBLIC KEY-----
        MIIBCgKCAQEAuH9xnQfEXmDAQeyfyz+HcLXmFpisO9UB65TxWnjlKXmrgEgWpfFl
        /6gv1dCFttGT/VLGILfHCGVCXTfcxY6P4WJyurGU7LM2e5ukVYHlzDzD1a4aP87b
        0HuXV8ELGPshQPf4plOyFnn9vtLSzPQpMFvjA6IOlAJmsCCMskbky593ze13oOQT
        ZQSlvD2e2+0pCc9f+5YJqCECVmmsdTXPuQhHch2353Ry0ctBoBimMkrvHRuVfEYv
        RFFhBuruUm6OdhuQqHzwbSHzyuBFo/VlbKbq65/w1dK0Wyt+MFV0hnDdlusJ417b
        IOwqDGD3QmzxM5GBOwCh37BqYi8Oz4mBHQIDAQAB
        -----END RSA PUBLIC KEY-----
        """

    /// PKCS #8 of the same key.
    static let rsaPrivate = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC4f3GdB8ReYMBB
        7J/LP4dwteYWmKw71QHrlPFaeOUpeauASBal8WX/qC/V0IW20ZP9UsYgt8cIZUJd
        N9zFjo/hYnK6sZTsszZ7m6RVgeXMPMPVrho/ztvQe5dXwQsY+yFA9/imU7IWef2+
        0tLM9CkwW+MDog6UAmawIIyyRuTLn3fN7Xeg5BNlBKW8PZ7b7SkJz1/7lgmoIQJW
        aax1Nc+5CEdyHbfndHLRy0GgGKYySu8dG5V8Ri9EUWEG6u5Sbo52G5CofPBtIfPK
        4EWj9WVspurrn/DV0rRbK34wVXSGcN2W6wnjXtsg7CoMYPdCbPEzkYE7AKHfsGpi
        Lw7PiYEdAgMBAAECggEAQtcxEwHgW4zTuk5+qcTPTb8op6ESLO8DrhScx/kqlLcW
        sffr9JybJl8JTX4pI02UPt+BFhNekSUWQO1fF1eJus7O3+I8IPDgWTHO/Id9+Fs/
        W6eirOFFc6eC8fDnE1rP9ligBaomx8vUaRC5/DSsw29WtFc+ztJ73207a88RTs9N
        vAGLLpERNWrpJHpJV7ELqh7ClXDi8S5XfUszTmcCa2GVO0/0bF8igGpI6HdyKo+T
        y34OeuChqJ9TsH3mRdUx6DxTKMk287fqHCQULHeitn0VnrZtfXUlLFc1I94wJ0du
        fKDudBfdfLCOm3Wym4t/B7XRVIOzuSD41y3tkG8KhQKBgQDzecuPV/tqjMsMBzxs
        O5e83GNY7s46mKgmnIMlZJDaO8sUjIssMUyo0+rl+v9IW4MOnUPwNWMduIFgktJ1
        jEXzqsqz3JmCSP+mQIS3X5Vy5RkFxrlvvXoTzRKN1VEBgTZG8AB+qwfvUb7aHNxp
        f24un3tOmRl5CQSyBh/2feFirwKBgQDB/P/E5YyB1GVkMPDKD72/H15IlN4PGwRG
        VT3ui5xxZ2p/qqgqsMIi8veZy7eDDw4xsuW3cgvwE2BWtmN2yEGOq6KvC/OmPcO5
        VComDU0/zbzAxzmLyAt8K8Kk9I/k8HeK2E35x5vmHwHjsZT8KEJ/eqR9MrIeo/c6
        SxnmxW278wKBgDiUr0eKjLTAL1eGPvZwCt0q4jOCm45md30xlhCUhE0S5CjMWHNW
        qZf6V3ZGlBi+m4BD78vcvEHl5LsKo7oJdSAhKqYNt+bdC/wYtj7fCZ3/u4bqHaHo
        CHydhZhMYFzXKEPn9lV5bYiiGJYbauVhZbuT+FXVomPMQrkUT007B6ulAoGAF6yG
        kkLpWNbQ4N9QI3i0UWTEntr8Fp/Xb7Xrbvc+ymAykQ4Eo+EacCVyriQ8axQlSU9p
        1W9noY7bzPlJPi/GQGEV44Lz4y/aeP2afzZUXRsAlA48KaDqNecpQ/RMs0XdcOZg
        7cC8d+ME2gLMCdHn+6K9/EF5l1+vRj/wE0e40p0CgYEAoFbl7qCEkSj2Fc9SvrtO
        yKEwmK8rQVLCmFmmo19qgjmQJwCGq5T1a9Qkv1GUBB2sVfMf5tcO5YZEdSQNnrbX
        kWl5a+o951DRupW7yOE2XC8hOisHnYRLgjplocjsR9XAr77+0JmJ7MoqumNHfpM7
        OzRXK+K1MbgfN45n4QCxrq8=
        -----END PRIVATE KEY-----
        """

    /// PKCS #1 of the same key.
    static let rsaPrivatePKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEowIBAAKCAQEAuH9xnQfEXmDAQeyfyz+HcLXmFpisO9UB65TxWnjlKXmrgEgW
        pfFl/6gv1dCFttGT/VLGILfHCGVCXTfcxY6P4WJyurGU7LM2e5ukVYHlzDzD1a4a
        P87b0HuXV8ELGPshQPf4plOyFnn9vtLSzPQpMFvjA6IOlAJmsCCMskbky593ze13
        oOQTZQSlvD2e2+0pCc9f+5YJqCECVmmsdTXPuQhHch2353Ry0ctBoBimMkrvHRuV
        fEYvRFFhBuruUm6OdhuQqHzwbSHzyuBFo/VlbKbq65/w1dK0Wyt+MFV0hnDdlusJ
        417bIOwqDGD3QmzxM5GBOwCh37BqYi8Oz4mBHQIDAQABAoIBAELXMRMB4FuM07pO
        fqnEz02/KKehEizvA64UnMf5KpS3FrH36/ScmyZfCU1+KSNNlD7fgRYTXpElFkDt
        XxdXibrOzt/iPCDw4FkxzvyHffhbP1unoqzhRXOngvHw5xNaz/ZYoAWqJsfL1GkQ
        ufw0rMNvVrRXPs7Se99tO2vPEU7PTbwBiy6RETVq6SR6SVexC6oewpVw4vEuV31L
        M05nAmthlTtP9GxfIoBqSOh3ciqPk8t+DnrgoaifU7B95kXVMeg8UyjJNvO36hwk
        FCx3orZ9FZ62bX11JSxXNSPeMCdHbnyg7nQX3Xywjpt1spuLfwe10VSDs7kg+Nct
        7ZBvCoUCgYEA83nLj1f7aozLDAc8bDuXvNxjWO7OOpioJpyDJWSQ2jvLFIyLLDFM
        qNPq5fr/SFuDDp1D8DVjHbiBYJLSdYxF86rKs9yZgkj/pkCEt1+VcuUZBca5b716
        E80SjdVRAYE2RvAAfqsH71G+2hzcaX9uLp97TpkZeQkEsgYf9n3hYq8CgYEAwfz/
        xOWMgdRlZDDwyg+9vx9eSJTeDxsERlU97ouccWdqf6qoKrDCIvL3mcu3gw8OMbLl
        t3IL8BNgVrZjdshBjquirwvzpj3DuVQqJg1NP828wMc5i8gLfCvCpPSP5PB3ithN
        +ceb5h8B47GU/ChCf3qkfTKyHqP3OksZ5sVtu/MCgYA4lK9Hioy0wC9Xhj72cArd
        KuIzgpuOZnd9MZYQlIRNEuQozFhzVqmX+ld2RpQYvpuAQ+/L3LxB5eS7CqO6CXUg
        ISqmDbfm3Qv8GLY+3wmd/7uG6h2h6Ah8nYWYTGBc1yhD5/ZVeW2IohiWG2rlYWW7
        k/hV1aJjzEK5FE9NOwerpQKBgBeshpJC6VjW0ODfUCN4tFFkxJ7a/Baf12+16273
        PspgMpEOBKPhGnAlcq4kPGsUJUlPadVvZ6GO28z5ST4vxkBhFeOC8+Mv2nj9mn82
        VF0bAJQOPCmg6jXnKUP0TLNF3XDmYO3AvHfjBNoCzAnR5/uivfxBeZdfr0Y/8BNH
        uNKdAoGBAKBW5e6ghJEo9hXPUr67TsihMJivK0FSwphZpqNfaoI5kCcAhquU9WvU
        JL9RlAQdrFXzH+bXDuWGRHUkDZ6215FpeWvqPedQ0bqVu8jhNlwvITorB52ES4I6
        ZaHI7EfVwK++/tCZiezKKrpjR36TOzs0VyvitTG4HzeOZ+EAsa6v
        -----END RSA PRIVATE KEY-----
        """

    /// SPKI of the key that signed ``TestTokens/es256``.
    static let ecPublic = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEn2XEQYB1U5vp7GTRZ35eZR/0jicg
        WH0bnfq7hMKHI+3lBhAf3VG8GvbZojVngxtqaZ03eW2YloCQYaWdmc76QA==
        -----END PUBLIC KEY-----
        """

    /// PKCS #8 of the same key.
    static let ecPrivate = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvuXxQDnioTlheMBb
        4o4lMkKRHpaYPnC68gU6VGImSduhRANCAASfZcRBgHVTm+nsZNFnfl5lH/SOJyBY
        fRud+ruEwocj7eUGEB/dUbwa9tmiNWeDG2ppnTd5bZiWgJBhpZ2ZzvpA
        -----END PRIVATE KEY-----
        """

    /// SEC 1 of the same key.
    static let ecPrivateSEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIL7l8UA54qE5YXjAW+KOJTJCkR6WmD5wuvIFOlRiJknboAoGCCqGSM49
        AwEHoUQDQgAEn2XEQYB1U5vp7GTRZ35eZR/0jicgWH0bnfq7hMKHI+3lBhAf3VG8
        GvbZojVngxtqaZ03eW2YloCQYaWdmc76QA==
        -----END EC PRIVATE KEY-----
        """

    static let otherRSAPrivate = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCJ0qCrM00cM2Hn
        tO3aYZy/h7HSyXVmy5yucM/KGjlT6ixuZLP8UyWsrl9wRul1TDDgsI4/O2gOGbrb
        i6Go7YUNAujJhFlJT990U9BrsRk/oHd9817VNxnWACLIqs2uHCqpILcF+5u4kqKJ
        +Omq678zoif4lkPpqrydYp+cXyiHkNkI+EgJS8/7xpssU+D2c7L++LS6QjnYlOVI
        n2cvAc5TAnP2mfkWXqjOGqkQtLMPzD6zIL2WtXGUnzTfkBFaJWGyu/CD2hV0dbRt
        kmHvlmold4eo/G3lols48x7sJZyvrf3m/VkrJHO/jwa2rc+iBYMjN0qIgPPEB1V1
        qMYMZZXZAgMBAAECggEAAg9TVmu0XdUIxBFIsshdsuEgz8EyD4DAjTzjZiZhL/di
        hZ3csMs/V2bdx0xQBfBHFLyey6QkKH3K9KgQGPm/0NN3zjc7rGRUtyTfixSBB5nq
        30eJZc9mg/PJkU04OL90BcYW5jB+AdKzOjOtrl/KokdsqIL6bd4e5o1ITGqBrREA
        B/aGtY3Ad8H6Hpzo2euNIfGoeF1qTWB5GsTHnA/cOvQ8NhJ3+mJfCN0KpEraabRq
        P3lbu3IY40h2d6QT+oOxK3O1KmsaIryId+8p0p3KzDB0h14AXNjxeHpgiQiLS8Da
        ciQabAZEhUEsEprObcoZc5iPHsUuYYJhXy7jlJPkOQKBgQC9jKctpG521pHkQBWy
        dGUVwWI5/qm0tHS0iCaoXOLo/1di6noUmI+9Y9wAWJMTvXatmGFcfAupejxzeeE0
        A1Vgp7MJ2tZDqMsFMX7PM1vcFWoPHxuASwIhQInxY2MO1SzBhTv5+2yKQvCGdDG0
        vaaxJrLAruTr8nGd5mdk2XA2dQKBgQC6I7OXCnHsrekVYVLWmwrPjZ42QEPL5Is4
        qPrNf4obWIMqlIGgk6vJxOqAHxuOtdNsSDIxMjrg9p5pB/lzdwutHA4Y8EutxTgn
        /ZPVLX9QhI1ZONmMz3iMMB6v+aVTn6kKdsgmka2Tn/uW7Ov1Gc+IfmjoowmhcoNS
        hzc/n49dVQKBgCPHsCsSdfOiz0lJu47DH+26YmNWKgy9X6ZQaROw7PhUctduMXs/
        zSpP9lBuZ9z7D7L3J7HAjKcCNvUJVbRuyKgFH+vFTlrZOvGRBUHxjO5/cFTIZ3WR
        Mya5uxBA1YsQPHGPR+IJTtTOi/6lYlie0B9ykZ2DphzP2BiZTH0h+medAoGAdLUb
        zjEDWzVzdi9OZDZT4ezWbQeAOp/yVrVEg4JbEmg93X29hPPx+xFXQru+aI1CoZrm
        tYfb+N9IVWxlkGrszD5R7HsFyE9mtVQ906SyNcbWZUHKzYnr+GHXa9ioOzVZJLFz
        LxOZ9HyTn36vNz9WqysvFeXbjPmisyUKk/60Qf0CgYB7niCsEHCts88tm2BuFXvZ
        n2sPiKsbm8vxJym56qpfTbTgpWaXISYo/7AJi2wp062W3W3kiJekvFixygIahif9
        wave2xhxD53bzFDA92rvgn1XXIT7GHtKvcvFYptd/4/E95aiShbtkZrijpF3w7Dz
        j7taQ0/Bmd5YxFC+fXK+hg==
        -----END PRIVATE KEY-----
        """

    static let otherECPrivate = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMr36JaGWWkGczxDx
        dkKIK0IPyPjkdUp7IDxB1dX+DXuhRANCAATvgmn/qcHshKkA+LCKaNPbWfn2xf0B
        WcvfgdCO33CkH19jqpMvOjPuVqpV95JBc2yeG1Qdcez8yPjhjdsGp0BB
        -----END PRIVATE KEY-----
        """

    /// 1024 bits.
    static let weakRSAPublic = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDZNBI349l7yO6SWNq0r7OGYxMe
        dcTvc0/ndoZg8IMY7LNcY9zEi2b8/cM+RWfI6925El9vj1tgeJym13JFD+kgQvyR
        yQxgWYtvcvVcrQom5tfzG2R/SUkJUi5h+Ptvj9KJRJcelNdNcRI0U/Bp1K7DjniJ
        hD9X2BKzs6JbeC5DpQIDAQAB
        -----END PUBLIC KEY-----
        """

    static let p384Public = """
        -----BEGIN PUBLIC KEY-----
        MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEBgjrof1WfY8ZeKoK9xHFkQ2RRm5PKr8A
        NDWlGeeJGIxhBnGT05jia2l6gLvckjTgCzC5whxF+YufezKgikwrk4S7mpQ+y1eC
        IHdCGue3fqDMkUbQeaB2Lx1c6Q7DuL2r
        -----END PUBLIC KEY-----
        """

    /// ``rsaPublic`` with kid `rsa-1`.
    static let rsaJWK = """
        {"n":"uH9xnQfEXmDAQeyfyz-HcLXmFpisO9UB65TxWnjlKXmrgEgWpfFl_6gv1dCFttGT_VLGILfHCGVCXTfcxY6P4WJyur\
        GU7LM2e5ukVYHlzDzD1a4aP87b0HuXV8ELGPshQPf4plOyFnn9vtLSzPQpMFvjA6IOlAJmsCCMskbky593ze13oOQTZQSlvD\
        2e2-0pCc9f-5YJqCECVmmsdTXPuQhHch2353Ry0ctBoBimMkrvHRuVfEYvRFFhBuruUm6OdhuQqHzwbSHzyuBFo_VlbKbq65\
        _w1dK0Wyt-MFV0hnDdlusJ417bIOwqDGD3QmzxM5GBOwCh37BqYi8Oz4mBHQ","e":"AQAB","kty":"RSA","kid":"rsa-\
        1","use":"sig","alg":"RS256"}
        """

    /// ``ecPublic`` with kid `ec-1`.
    static let ecJWK = """
        {"crv":"P-256","x":"n2XEQYB1U5vp7GTRZ35eZR_0jicgWH0bnfq7hMKHI-0","y":"5QYQH91RvBr22aI1Z4MbammdN3\
        ltmJaAkGGlnZnO-kA","kty":"EC","kid":"ec-1","use":"sig","alg":"ES256"}
        """

    /// Of ``otherRSAPrivate``, with kid `rsa-2`.
    static let otherRSAJWK = """
        {"n":"idKgqzNNHDNh57Tt2mGcv4ex0sl1ZsucrnDPyho5U-osbmSz_FMlrK5fcEbpdUww4LCOPztoDhm624uhqO2FDQLoyY\
        RZSU_fdFPQa7EZP6B3ffNe1TcZ1gAiyKrNrhwqqSC3BfubuJKiifjpquu_M6In-JZD6aq8nWKfnF8oh5DZCPhICUvP-8abLF\
        Pg9nOy_vi0ukI52JTlSJ9nLwHOUwJz9pn5Fl6ozhqpELSzD8w-syC9lrVxlJ8035ARWiVhsrvwg9oVdHW0bZJh75ZqJXeHqP\
        xt5aJbOPMe7CWcr6395v1ZKyRzv48Gtq3PogWDIzdKiIDzxAdVdajGDGWV2Q","e":"AQAB","kty":"RSA","kid":"rsa-\
        2","use":"sig","alg":"RS256"}
        """

    /// Of ``otherECPrivate``, with kid `ec-2`.
    static let otherECJWK = """
        {"crv":"P-256","x":"74Jp_6nB7ISpAPiwimjT21n59sX9AVnL34HQjt9wpB8","y":"X2Oqky86M-5WqlX3kkFzbJ4bVB\
        1x7PzI-OGN2wanQEE","kty":"EC","kid":"ec-2","use":"sig","alg":"ES256"}
        """

    /// ``weakRSAPublic``.
    static let weakRSAJWK = """
        {"n":"2TQSN-PZe8jukljatK-zhmMTHnXE73NP53aGYPCDGOyzXGPcxItm_P3DPkVnyOvduRJfb49bYHicptdyRQ_pIEL8kc\
        kMYFmLb3L1XK0KJubX8xtkf0lJCVIuYfj7b4_SiUSXHpTXTXESNFPwadSuw454iYQ_V9gSs7OiW3guQ6U","e":"AQAB","k\
        ty":"RSA","kid":"weak","use":"sig","alg":"RS256"}
        """
}
