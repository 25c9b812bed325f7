"""发信方: is it a person who wrote, and may this letter be answered?"""
